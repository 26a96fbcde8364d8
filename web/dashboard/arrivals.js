// What happens, however this page comes to know: by an event at once, by one that it missed and is
// made up for, or by a board that differs from the one before. The first board is none of these.

import { now } from './countdown.js';
import { steps } from './steps.js';
import { hub } from './store.js';

const listeners = { arrival: new Set(), board: new Set() };

/**
 * Calls the listener on every arrival: the event, { kind, at, battle } and if it is a real one id and
 * received_at; how: live, missed, or implied by a board; and since when, by the local clock, the page was away
 * when it happened.
 */
export const onArrival = (listener) => listeners.arrival.add(listener);

/** Calls the listener once, with the battles of the first board. */
export const onFirstBoard = (listener) => listeners.board.add(listener);

let hello = null; // of the present connection
let joined = 0; // when that began, by the server's clock
let away = 0; // when the hub was last heard before, by the local clock; 0: there was no before
let heard = 0; // when the hub was last heard, as of the last task

let known = null; // the board as it was before what is arriving now
let differences = []; // of this task: [before, after]
let snapshot = false; // what differs is not told by events

/** Notices that the connection is another than before. It is called first, whatever comes. */
function look() {
  if (hub.hello === hello) return;
  away = heard;
  snapshot = hello !== null && !hub.hello.resumed;
  hello = hub.hello;
  joined = Date.parse(hello.server_time);
}

hub.on('change', ({ whole, put, left }) => {
  look();
  if (whole && known) [away, snapshot] = [heard, true]; // this tab was stopped, and its events are gone
  for (const battle of put) differences.push([known?.get(battle.id), battle]);
  if (!known) {
    known = new Map(hub.battles);
    for (const listener of listeners.board) listener(put);
    differences = [];
    return;
  }
  for (const battle of put) known.set(battle.id, battle);
  if (whole) left = [...known.keys()].filter((id) => !hub.battles.has(id));
  for (const id of left) known.delete(id);
});

hub.on('gap', () => {
  look();
  snapshot = true;
});

hub.on('event', (event) => {
  look();
  const missed = away > 0 && Date.parse(event.received_at) < joined;
  tell(event, missed ? 'missed' : 'live');
});

// All that comes at once is told of by several calls in one task: the battles first, and after the state nothing.
for (const name of ['change', 'event', 'state']) hub.on(name, () => queueMicrotask(settle));
now.subscribe(() => queueMicrotask(settle)); // the hub may be heard and have nothing to say

function settle() {
  if (hub.hello) look();
  const found = differences;
  differences = [];
  if (snapshot) for (const event of steps(found)) tell(event, 'implied');
  if (hub.state.name === 'live') snapshot = false;
  heard = hub.heardAt;
}

function tell(event, how) {
  for (const listener of listeners.arrival) listener(event, how, away);
}
