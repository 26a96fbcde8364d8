// The board by keyboard: from battle to battle, and what can be done with the one that has the focus.

import { setQuery } from './location.js';
import { pins, togglePin } from './pins.js';
import { battleOf } from './store.js';
import { lists } from './virtual-list.js';
import { sidesOf } from './words.js';

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  p: pin,
  '/': () => document.querySelector('.search-box input')?.select(),
  '?': () => setQuery({ panel: 'keys' }, { push: true }),
};

/** Keys belong to what is typed in and to open drawers first, and with a modifier to the browser. */
const elsewhere = ({ target, ctrlKey, metaKey, altKey }) =>
  ctrlKey || metaKey || altKey || target.closest('input:not([type=radio]), textarea, select') || document.querySelector('dialog[open]');

addEventListener('keydown', (event) => {
  if (!Object.hasOwn(KEYS, event.key) || elsewhere(event)) return;
  event.preventDefault();
  KEYS[event.key]();
});

/** Where the focus was last, so that the way goes on when its battle has left the list. */
let last = { list: undefined, index: -1 };

function move(step) {
  const names = [...document.querySelectorAll('[data-list]')].map(({ dataset }) => dataset.list).filter((name) => lists.get(name)?.items.length > 0);
  if (names.length === 0) return;
  const { list, index } = here() ?? gone(step);
  let at = Math.max(0, names.indexOf(list));
  let next = names.includes(list) ? index + step : 0;
  const lengthAt = () => lists.get(names[at]).items.length;
  if (next < 0 && at > 0) next = lists.get(names[--at]).items.length - 1;
  else if (next >= lengthAt() && at < names.length - 1) [at, next] = [at + 1, 0];
  next = Math.min(Math.max(0, next), lengthAt() - 1);
  last = { list: names[at], index: next };
  lists.get(names[at]).focus(next);
}

/** The place of the battle that has the focus. */
function here() {
  const list = document.activeElement.closest('[data-list]')?.dataset.list;
  const id = focusedID();
  const index = list && id ? lists.get(list).items.findIndex((battle) => battle.id === id) : -1;
  return index < 0 ? null : { list, index };
}

/** What had the focus has left: whatever came into its place is next, down or up. */
const gone = (step) => ({ list: last.list, index: step > 0 ? last.index - 1 : last.index });

const focusedID = () => document.activeElement.closest('[data-id]')?.dataset.id;

/** Pins all rooms of the battle that has the focus or, if they are, takes their pins away. */
function pin() {
  const battle = battleOf(focusedID());
  if (!battle) return;
  const rooms = sidesOf(battle).map(({ room }) => room);
  const loose = rooms.filter((room) => !pins.value.has(room));
  for (const room of loose.length > 0 ? loose : rooms) togglePin(room);
}
