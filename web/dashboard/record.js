// What a room's or an owner's battles come to.

/** The side of the battle that is the room's or the owner's. */
export const sideOf = ({ from, to }, kind, id) => [from, ...to].find((side) => side[kind] === id);

/**
 * How a battle went for the side: live or pending; won, lost or tied, if an End told the scores; or why
 * there is nothing to tell: not_started, presumed_ended, declined, unknown.
 */
export function resultFor(battle, side) {
  const { state, outcome, winner } = battle;
  if (state !== 'ended') return state;
  if (side.joined === false) return 'declined';
  if (outcome !== 'time_up' && outcome !== 'all_left') return outcome ?? 'unknown';
  if (winner === undefined) return 'tied';
  return winner === side.room ? 'won' : 'lost';
}

/**
 * A walk-over is a battle that was never fought out: nobody came, or everyone left before its time was up.
 * The win rate is of those that have a result.
 */
export function recordOf(battles, kind, id) {
  const sums = { ended: 0, won: 0, lost: 0, tied: 0, walkovers: 0, declined: 0, presumed: 0 };
  for (const battle of battles) {
    const result = resultFor(battle, sideOf(battle, kind, id));
    if (result === 'live' || result === 'pending') continue;
    sums.ended++;
    if (['won', 'lost', 'tied', 'declined'].includes(result)) sums[result]++;
    if (result === 'presumed_ended') sums.presumed++;
    if (result !== 'declined' && (battle.outcome === 'not_started' || battle.outcome === 'all_left')) sums.walkovers++;
  }
  const decided = sums.won + sums.lost + sums.tied;
  return { ...sums, decided, rate: decided > 0 ? sums.won / decided : null };
}
