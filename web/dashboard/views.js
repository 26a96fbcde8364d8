// The views that the reader saved: what the board shows, under a name, kept in this browser.

import { computed } from '../vendor/signals/signals.js';
import { PARTS } from './filter.js';
import { query, setQuery } from './location.js';
import { stored } from './stored.js';

/** What of the address makes a view. */
const KEYS = [...PARTS, 'state', 'order', 'view'];

const isView = ({ name, asks }) => typeof name === 'string' && typeof asks === 'string';

/** A signal of the views: { name, asks }, the latter as in an address. */
export const views = stored('views', [], { read: (list) => list.filter(isView) });

/** What the address asks of the board now, the same text for the same. */
export const asked = computed(() => `${new URLSearchParams(KEYS.filter((key) => query.value.get(key)).map((key) => [key, query.value.get(key)]))}`);

/** Shows a view, instead of all that the address has asked of the board. */
export function showView(asks) {
  const wanted = new URLSearchParams(asks);
  setQuery(Object.fromEntries(KEYS.map((key) => [key, wanted.get(key) ?? ''])), { push: true });
}

/** The address of a view. */
export function viewLink(asks) {
  const app = query.value.get('app');
  return `?${[app && new URLSearchParams({ app }), asks].filter(Boolean).join('&')}`;
}

/** Saves what is asked now under the name, in the place of another view of that name. */
export function saveView(name) {
  const view = { name, asks: asked.value };
  views.value = views.value.some((other) => other.name === name)
    ? views.value.map((other) => (other.name === name ? view : other))
    : [...views.value, view];
}

export const removeView = (name) => {
  views.value = views.value.filter((view) => view.name !== name);
};
