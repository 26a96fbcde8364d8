// The battles that the address asks for, in the order that it asks for.

import { computed, effect, signal } from '../vendor/signals/signals.js';
import { PARTS } from './filter.js';
import { query } from './location.js';
import { ORDERS, STATES, Selection } from './select.js';
import { battles, whenDrawn } from './store.js';

const oneOf = (values, value) => (values.includes(value) ? value : undefined);

/** The state that is asked for, if it is one. */
export const state = computed(() => oneOf(STATES, query.value.get('state')));
export const order = computed(() => oneOf(ORDERS, query.value.get('order')) ?? ORDERS[0]);
export const layout = computed(() => oneOf(['table'], query.value.get('view')) ?? 'cards');

// A text, so that it is the same as long as it says the same: other parts of the address change far more often.
const asked = computed(() => JSON.stringify(Object.fromEntries(PARTS.map((part) => [part, query.value.get(part) ?? '']))));

/** The filter's parts, each a text, empty if nothing is asked. */
export const filter = computed(() => JSON.parse(asked.value));

/** Whether anything is asked that may hide a battle. */
export const filtered = computed(() => state.value !== undefined || Object.values(filter.value).some((text) => text.trim()));

let selection = new Selection();

/** What matches the filter, whatever the state: { pending, live, ended, soon }, each in order. A new object after each change. */
export const shown = signal(selection.lists);

/** The same in one list: those in the state that is asked for, or all. Right for the `shown` of the moment. */
export const together = () => selection.together(state.value);

effect(() => {
  selection = new Selection({ ...filter.value, order: order.value });
  selection.change(new Set(), battles.peek() ?? []);
  shown.value = selection.lists;
});

whenDrawn((gone, come) => {
  selection.change(gone, come);
  shown.value = selection.lists;
});
