// What the page shows is in its address, so that it can be shared and survives a reload.

import { signal } from '../vendor/signals/signals.js';

// Signing in elsewhere leaves this page; what it showed is kept in the tab meanwhile.
const PLACE = 'battlehub-place';
const place = sessionStorage.getItem(PLACE);
sessionStorage.removeItem(PLACE);
/** This page was left to sign in elsewhere. */
export const cameBack = place !== null;
if (place && !location.search) history.replaceState(null, '', location.pathname + place);

/** Has the page show, when it comes back to this tab, what it shows now. */
export const keepPlace = () => sessionStorage.setItem(PLACE, location.search);

const read = () => new URLSearchParams(location.search);

/** The page's query. */
export const query = signal(read());

addEventListener('popstate', () => {
  query.value = read();
});

/** Changes the query; an empty value takes a key out. With push, the browser's Back undoes it. */
export function setQuery(changes, { push = false } = {}) {
  const params = read();
  for (const [key, value] of Object.entries(changes)) {
    if (value) params.set(key, value);
    else params.delete(key);
  }
  history[push ? 'pushState' : 'replaceState'](null, '', params.size > 0 ? `?${params}` : location.pathname);
  query.value = params;
}

/** The address of a battle, whatever else the page shows. */
export function permalink(battle) {
  const app = query.value.get('app');
  return `?${new URLSearchParams(app ? { app, battle } : { battle })}`;
}
