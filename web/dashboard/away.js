// What happened while the page could not see it: the laptop slept, or the network was gone.

import { signal } from '../vendor/signals/signals.js';
import { onArrival } from './arrivals.js';

/** A shorter absence is no more than a hiccup, and what it brings is on the board at once. */
const SHORT_MS = 5_000;
/** How many events are kept to be looked at; all are counted. */
const KEPT = 500;

/**
 * Null, or what was missed since the reader last had a look: from and until by the local clock, how many
 * events, whether there may have been more, and the newest of them.
 */
export const absence = signal(null);

export const forgetAbsence = () => {
  absence.value = null;
};

let since = 0; // of the last absence, ...
let short = false; // ... and whether it is worth a word
let arrived = [];
let more = false;

onArrival((event, how, away) => {
  if (how === 'live') return;
  if (away !== since) [since, short] = [away, Date.now() - away < SHORT_MS];
  // A board that differs may be all that is left of many events, however short the absence.
  if (how === 'missed' && short) return;
  if (arrived.length === 0) requestAnimationFrame(note); // as with the board, a burst is shown once
  arrived.push(event);
  more ||= how === 'implied';
});

/** Adds to what the reader has not yet looked at. */
function note() {
  const before = absence.value ?? { from: since, count: 0, more: false, events: [] };
  absence.value = {
    from: before.from,
    until: Date.now(),
    count: before.count + arrived.length,
    more: before.more || more,
    events: [...before.events, ...arrived.slice(-KEPT)].slice(-KEPT),
  };
  arrived = [];
  more = false;
}
