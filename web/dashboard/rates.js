// What the plots show: by the minute, how many battles were live, how many events there were, how
// battles ended, and how long events took from the webhook to this page.
//
// The board tells of the last 15 minutes already when the page is opened; from then on the page
// counts. Delays it can only measure itself.

import { onArrival, onFirstBoard } from './arrivals.js';
import { Histogram } from './histogram.js';
import { steps } from './steps.js';
import { hub } from './store.js';

/** How many minutes are kept. */
export const KEPT = 60;
/** How far back the board reaches: battles leave it so long after their end. */
const BOARD_MINUTES = 15;
/** How often the live battles are counted. */
const SAMPLE_MS = 10_000;

export const OUTCOMES = ['time_up', 'all_left', 'not_started', 'presumed_ended'];

const minutes = new Map(); // by their number since the epoch

const minuteOf = (ms) => Math.floor(ms / 60_000);

/** The minute, or none if it is too long ago or to come. */
function at(ms) {
  const number = minuteOf(ms);
  const newest = minuteOf(hub.now());
  if (!(number <= newest && number > newest - KEPT)) return null;
  if (!minutes.has(number)) {
    minutes.set(number, { live: null, events: 0, outcomes: {}, delays: new Histogram() });
    for (const old of minutes.keys()) if (old <= newest - KEPT) minutes.delete(old);
  }
  return minutes.get(number);
}

function count({ kind, battle }, ms) {
  const minute = at(ms);
  if (!minute) return;
  minute.events++;
  if (kind === 'ended' || kind === 'presumed_ended') {
    minute.outcomes[battle.outcome] = (minute.outcomes[battle.outcome] ?? 0) + 1;
  }
}

onArrival((event, how) => {
  const received = Date.parse(event.received_at ?? event.at);
  count(event, received);
  // What was missed and is made up for took as long as the page was away.
  if (how === 'live') at(hub.now())?.delays.add(delayOf(received));
});

let connection = null;
let fastest; // the largest that an event was ahead of this page's clock: it took the shortest time

/**
 * The page's idea of the server's time is late by as long as the hello took, and that came while the page was
 * loading. The event that took the shortest time tells better: by definition it took none.
 */
function delayOf(received) {
  if (connection !== hub.hello) [connection, fastest] = [hub.hello, -Infinity];
  fastest = Math.max(fastest, received - performance.now());
  return Math.max(hub.now(), performance.now() + fastest) - received;
}

onFirstBoard((battles) => {
  for (const event of steps(battles.map((battle) => [undefined, battle]))) count(event, Date.parse(event.at));
  countLive(battles);
});

/** Counts the battles that were live at the end of each minute that the board reaches back to. */
function countLive(battles) {
  const newest = minuteOf(hub.now());
  const changes = new Float64Array(BOARD_MINUTES + 1); // by minutes ago
  const ago = (instant) => Math.max(0, Math.min(BOARD_MINUTES, newest - minuteOf(Date.parse(instant))));
  for (const { state, started_at, ended_at, leaves_at } of battles) {
    if (!started_at) continue;
    changes[ago(started_at)]++;
    if (state === 'ended') changes[ago(ended_at ?? leaves_at)]--;
  }
  let live = 0;
  for (let i = BOARD_MINUTES; i >= 0; i--) {
    live += changes[i];
    const minute = at(hub.now() - i * 60_000);
    if (i < BOARD_MINUTES) minute.live ??= live;
  }
}

/** Counts the battles that are live now. */
function sample() {
  if (hub.state.name !== 'live') return;
  let live = 0;
  for (const { state } of hub.battles.values()) if (state === 'live') live++;
  const minute = at(hub.now());
  if (minute) minute.live = live;
}

setInterval(sample, SAMPLE_MS);

/** The last hour, oldest first, as columns: time in seconds, and null where nothing is known. */
export function lastHour() {
  sample();
  const newest = minuteOf(hub.now());
  const columns = { time: [], live: [], events: [], p50: [], p99: [], ...Object.fromEntries(OUTCOMES.map((name) => [name, []])) };
  for (let number = newest - KEPT + 1; number <= newest; number++) {
    const minute = minutes.get(number);
    columns.time.push(number * 60);
    columns.live.push(minute?.live ?? null);
    columns.events.push(minute ? minute.events : null);
    columns.p50.push(minute?.delays.quantile(0.5) ?? null);
    columns.p99.push(minute?.delays.quantile(0.99) ?? null);
    for (const name of OUTCOMES) columns[name].push(minute ? (minute.outcomes[name] ?? 0) : null);
  }
  return columns;
}

/** The hour in one: events, outcomes, and quantiles of all delays. */
export function summary() {
  const delays = new Histogram();
  const outcomes = Object.fromEntries(OUTCOMES.map((name) => [name, 0]));
  let events = 0;
  for (const minute of minutes.values()) {
    delays.merge(minute.delays);
    events += minute.events;
    for (const name of OUTCOMES) outcomes[name] += minute.outcomes[name] ?? 0;
  }
  return { events, outcomes, measured: delays.total, p50: delays.quantile(0.5), p99: delays.quantile(0.99) };
}
