// What the page knows, as signals: whatever reads one is updated when it changes.

import { computed, signal } from '../vendor/signals/signals.js';
import { Battlehub } from '../client/battlehub.js';
import { query } from './location.js';

export const app = query.value.get('app');

export const hub = new Battlehub({ app });

/** The battles, or null while the board is not known yet. */
export const battles = signal(null);

/** Where the connection stands; see the client. */
export const connection = signal(hub.state);

/** The board is shown but may have changed since. */
export const stale = computed(() => battles.value !== null && connection.value.name !== 'live');

/** The battle with the id, if the board has it. */
export const battleOf = (id) => (battles.value === null ? undefined : hub.battles.get(id));

// A burst of events is drawn once, in the next animation frame. A hidden tab has none:
// it draws nothing until it is looked at, and then once.
let scheduled = false;
hub.on('battles', () => {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    battles.value = [...hub.battles.values()];
  });
});
hub.on('state', (state) => {
  connection.value = state;
});
