// The way from a battle on the board to all that is known of it.

import { html } from './html.js';
import { permalink, setQuery } from './location.js';
import { nameOf } from './words.js';

/** Its name, as a link that covers whatever positioned box it is in. */
export function BattleLink({ battle, children, class: more = '' }) {
  const name = nameOf(battle);
  return html`<a class="battle-link ${more}" href=${permalink(battle.id)} title=${name} onClick=${openBattle(battle.id)}>${children ?? name}</a>`;
}

/** Opens the battle on this page, unless the reader asked for a tab or window of its own. */
export const openBattle = (id) => (event) => {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  setQuery({ battle: id }, { push: true });
};
