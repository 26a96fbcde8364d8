// What must have happened to battles between two looks at them.

/**
 * The events that lead from the one state of each battle to the other, by time, given pairs of which the first
 * may be undefined. A battle that came and went in between is in none.
 */
export function steps(pairs) {
  const events = [];
  for (const [before, battle] of pairs) {
    const add = (kind, at) => at && events.push({ kind, at, battle });
    if (!before) add('created', battle.created_at);
    if (!before?.started_at) add('started', battle.started_at);
    if (battle.state === 'ended' && before?.outcome !== battle.outcome) {
      add(battle.outcome === 'presumed_ended' ? 'presumed_ended' : 'ended', battle.ended_at ?? battle.leaves_at);
    }
  }
  return events.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
