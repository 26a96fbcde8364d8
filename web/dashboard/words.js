// What is said of a battle in a few words, on its card, in its row and anywhere else.

import { Countdown, Elapsed } from './countdown.js';
import { clockTime, count, length } from './format.js';
import { html } from './html.js';
import { t } from './strings.js';

/** All rooms of a battle, the challenger first. */
export const sidesOf = ({ from, to }) => [from, ...to];

export const nameOf = (battle) => t.versus(sidesOf(battle).map(({ room }) => room));

/** How long it is still, or has been, or when it ended. */
export function When({ battle }) {
  const { state, respond_by, started_at, ends_at, ended_at } = battle;
  if (state === 'ended') return ended_at && html`<span class="unseen">${t.endedAt} </span><time datetime=${ended_at}>${clockTime(ended_at)}</time>`;
  if (state === 'pending') {
    if (!respond_by) return html`<span class="countdown"><span class="countdown-words">${t.startsAtOnce}</span></span>`;
    return html`<${Countdown} until=${respond_by} words=${t.timeToAnswer} wordsAfter=${t.answerOverdue} />`;
  }
  if (!ends_at) return started_at && html`<${Elapsed} since=${started_at} />`;
  return html`<${Countdown} until=${ends_at} words=${t.timeLeft} wordsAfter=${t.overtime} />`;
}

/** Why it ended. That it is only presumed is said loudly. */
export function Outcome({ outcome }) {
  if (outcome === 'presumed_ended') return html`${t.outcomes[outcome]} <span class="tag alert">${t.inferred}</span>`;
  return t.outcomes[outcome] ?? t.states.ended;
}

export const plannedLength = ({ duration_ms }) => (duration_ms ? length(duration_ms) : '');

/** Whether the rooms' scores mean anything. */
export const scored = ({ outcome }) => outcome === 'time_up' || outcome === 'all_left';

/** By how much it was won, if it was. */
export function margin(battle) {
  if (!scored(battle)) return '';
  if (!battle.winner) return t.tie;
  const [best, second] = sidesOf(battle).map(({ score }) => score).sort((a, b) => b - a);
  return t.margin(count(best - second));
}

/** What a room has to do with the battle, in a word. */
export function part(battle, side) {
  if (side === battle.from) return t.challenger;
  if (side.joined === false) return t.declined;
  if (battle.state === 'pending') return t.invited;
  return side.joined && battle.state === 'live' ? t.joined : '';
}
