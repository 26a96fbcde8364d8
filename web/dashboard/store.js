// What the page knows, as signals: whatever reads one is updated when it changes.

import { computed, signal } from '../vendor/signals/signals.js';
import { oncePerFrame } from './draw.js';
import { query } from './location.js';
import { SharedHub } from './shared-hub.js';

export const app = query.value.get('app');

export const hub = new SharedHub({ app });

/** The battles, or null while the board is not known yet. */
export const battles = signal(null);

/** Where the connection stands; see the client. */
export const connection = signal(hub.state);

/** The board is shown but may have changed since. */
export const stale = computed(() => battles.value !== null && connection.value.name !== 'live');

/** The battle with the id, if the board has it. */
export const battleOf = (id) => (battles.value === null ? undefined : hub.battles.get(id));

const draw = oncePerFrame(() => {
  battles.value = [...hub.battles.values()];
});
hub.on('change', draw);
hub.on('state', (state) => {
  connection.value = state;
});
