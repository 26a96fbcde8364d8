// What the filter asks of a battle. Without a browser, so that it can be tested without one.

import { finder } from './find.js';

/** The filter's parts, as they are called in the address. */
export const PARTS = ['q', 'room', 'owner', 'operator', 'outcome', 'length'];

export const OUTCOMES = ['time_up', 'all_left', 'not_started', 'presumed_ended'];

const sides = ({ from, to }) => [from, ...to];

/** What each part of the filter asks: given its text, a function of a battle. */
const ASK = {
  q: finder,
  room: (text) => named(text, (battle) => sides(battle).map(({ room }) => room)),
  owner: (text) => named(text, (battle) => sides(battle).map(({ owner }) => owner)),
  operator: (text) => named(text, ({ operator }) => [operator]),
  outcome: (text) => (battle) => battle.outcome === text,
  length: (text) => lasting(text),
};

/** A battle of which one name holds the text or, if that is in quotes, is the text. */
function named(text, names) {
  const exact = /^"(.*)"$/s.exec(text.trim())?.[1];
  const part = text.trim().toLowerCase();
  const fits = exact === undefined ? (name) => name.toLowerCase().includes(part) : (name) => name === exact;
  return (battle) => names(battle).some((name) => name !== undefined && fits(name));
}

/** A battle planned to last as long: seconds as 60-180, 60- or -60; the upper bound is included, the lower is not. */
function lasting(text) {
  const { above, upTo } = boundsOf(text);
  return ({ duration_ms }) => duration_ms !== undefined &&
    (!above || duration_ms > above * 1000) && (!upTo || duration_ms <= upTo * 1000);
}

/** The bounds of such a length, in seconds; what is not there is no bound. */
export function boundsOf(text) {
  const [, above, upTo] = /^(\d*)-(\d*)$/.exec(text) ?? [];
  return { above, upTo };
}

/** Returns a function that says whether a battle matches all parts of the filter, each a text or nothing. */
export function matcher(filter) {
  const asked = PARTS.filter((part) => filter[part]?.trim()).map((part) => ASK[part](filter[part]));
  return (battle) => asked.every((fits) => fits(battle));
}
