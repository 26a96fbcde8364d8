// What the board says when it has nothing to show.

import { openBattle } from './battle-link.js';
import { idOf } from './find.js';
import { count } from './format.js';
import { html } from './html.js';
import { permalink } from './location.js';
import { clearSearch } from './search.js';
import { session } from './session.js';
import { filter } from './shown.js';
import { t } from './strings.js';

/** How many rooms an owner is told of by name. */
const NAMED = 20;

/** The board of an owner, who sees no other rooms and sets nothing up. */
export function NoneOfYours() {
  const { rooms } = session.value;
  return html`<div class="notice">
    <h2>${t.noneOfYours}</h2>
    <p>${t.noneOfYoursLead}</p>
    ${rooms.length > 0 && html`<ul class="rooms" aria-label=${t.yourRooms}>
      ${rooms.slice(0, NAMED).map((room) => html`<li key=${room}><bdi>${room}</bdi></li>`)}
      ${rooms.length > NAMED && html`<li class="quiet">${t.andMore(count(rooms.length - NAMED))}</li>`}
    </ul>`}
  </div>`;
}

/** A battle that left the board is in the hub's log still: a whole id leads there. */
export function NoMatch() {
  const id = idOf(filter.value.q);
  return html`<div class="notice">
    <p>${t.noMatch}</p>
    <p class="actions">
      ${id && html`<a class="button primary" href=${permalink(id)} onClick=${openBattle(id)}>${t.lookUp}</a>`}
      <button type="button" class="button" onClick=${clearSearch}>${t.clearSearch}</button>
    </p>
  </div>`;
}
