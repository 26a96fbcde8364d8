// The rooms that this browser's moderator keeps an eye on.

import { stored } from './stored.js';

const asSet = { read: (list) => new Set(list.filter((id) => typeof id === 'string')), write: (set) => [...set] };

/** The pinned rooms: a signal of a Set, replaced at every change. */
export const pins = stored('pins', new Set(), asSet);

/** Pins a room, or takes its pin away. */
export function togglePin(room) {
  const changed = new Set(pins.value);
  if (!changed.delete(room)) changed.add(room);
  pins.value = changed;
}
