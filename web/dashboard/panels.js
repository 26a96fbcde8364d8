// The drawers that the address opens: ?panel=pictures, ?panel=room&of=pk-3.

import { query, setQuery } from './location.js';

/** The open panel and whom it is about. */
export const openedPanel = () => ({ panel: query.value.get('panel'), of: query.value.get('of') });

export const closePanel = () => setQuery({ panel: '', of: '' });

/** The address of a panel. */
export function panelLink(panel, of = '') {
  const app = query.value.get('app');
  return `?${new URLSearchParams({ ...(app && { app }), panel, ...(of && { of }) })}`;
}

/** Opens a panel on this page, unless the reader asked for a tab or window of its own. */
export const openPanel = (panel, of = '') => (event) => {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  setQuery({ panel, of, battle: '' }, { push: true });
};
