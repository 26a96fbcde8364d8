// What the page knows, as signals: whatever reads one is updated when it changes.

import { batch, computed, signal } from '../vendor/signals/signals.js';
import { oncePerFrame } from './draw.js';
import { query } from './location.js';
import { SharedHub } from './shared-hub.js';

export const app = query.value.get('app');

export const hub = new SharedHub({ app });

/** The battles, or null while the board is not known yet. */
export const battles = signal(null);

/** How many of them are live. */
export const liveCount = signal(0);

/** Where the connection stands; see the client. */
export const connection = signal(hub.state);

/** The board is shown but may have changed since. */
export const stale = computed(() => battles.value !== null && connection.value.name !== 'live');

/** The battle with the id, if the board has it. */
export const battleOf = (id) => (battles.value === null ? undefined : hub.battles.get(id));

/** The board as it was last drawn, and the ids of the battles that changed since. */
const drawn = new Map();
const changed = new Set();

const listeners = new Set();
/** Has the listener called at every draw with the battles that are gone, a set, and those that came. One that changed is among both. */
export const whenDrawn = (listener) => listeners.add(listener);

const draw = oncePerFrame(() => batch(() => {
  const { gone, come } = difference();
  battles.value = [...drawn.values()];
  for (const listener of listeners) listener(gone, come);
}));

const isLive = (battle) => Number(battle?.state === 'live');

function difference() {
  const gone = new Set();
  const come = [];
  for (const id of changed) {
    const [was, is] = [drawn.get(id), hub.battles.get(id)];
    if (was === is) continue;
    liveCount.value += isLive(is) - isLive(was);
    if (was) gone.add(was);
    if (is) come.push(is);
    if (is) drawn.set(id, is);
    else drawn.delete(id);
  }
  changed.clear();
  return { gone, come };
}

hub.on('change', ({ whole, put, left }) => {
  if (whole) for (const id of drawn.keys()) changed.add(id);
  for (const { id } of put) changed.add(id);
  for (const id of left) changed.add(id);
  draw();
});
hub.on('state', (state) => {
  connection.value = state;
});
