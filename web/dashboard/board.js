// The board: the battles by state, each section in the order in which a moderator needs it.

import { useState } from '../vendor/preact/hooks.js';
import { BattleCard } from './battle-card.js';
import { FirstRun } from './first-run.js';
import { count } from './format.js';
import { html } from './html.js';
import { query } from './location.js';
import { clearSearch } from './search.js';
import { STATES, select } from './select.js';
import { session } from './session.js';
import { battles, stale } from './store.js';
import { t } from './strings.js';

/** How many cards a section shows before it is asked for more: a page of them is read, thousands are not. */
const PAGE = 60;

export function Board() {
  if (battles.value === null) return html`<main class="board" aria-busy="true" />`;
  if (battles.value.length === 0) {
    return html`<main class="board"><${session.value.role === 'owner' ? NoneOfYours : FirstRun} /></main>`;
  }
  const state = query.value.get('state');
  const sections = select(battles.value, query.value.get('q') ?? '');
  const shown = STATES.filter((name) => !STATES.includes(state) || name === state);
  if (shown.every((name) => sections[name].length === 0)) return html`<main class="board"><${NoMatch} /></main>`;
  return html`<main class="board shows-${shown.length} ${stale.value ? 'stale' : ''}">
    ${shown.map((name) => html`<${Section} key=${name} state=${name} battles=${sections[name]} />`)}
  </main>`;
}

function Section({ state, battles }) {
  const [limit, setLimit] = useState(PAGE);
  const hidden = battles.length - limit;
  return html`<section class="section ${state}" aria-labelledby="heading-${state}">
    <h2 id="heading-${state}">${t.sections[state]} <span class="count">${count(battles.length)}</span></h2>
    ${battles.length === 0 && html`<p class="none">${t.none[state]}</p>`}
    <div class="cards">
      ${battles.slice(0, limit).map((battle) => html`<${BattleCard} key=${battle.id} battle=${battle} />`)}
    </div>
    ${hidden > 0 && html`<button type="button" class="button" onClick=${() => setLimit(limit + PAGE)}>
      ${t.more(count(Math.min(hidden, PAGE)))}
    </button>`}
  </section>`;
}

/** How many rooms an owner is told of by name. */
const NAMED = 20;

/** The board of an owner, who sees no other rooms and sets nothing up. */
function NoneOfYours() {
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

function NoMatch() {
  return html`<div class="notice">
    <p>${t.noMatch}</p>
    <button type="button" class="button" onClick=${clearSearch}>${t.clearSearch}</button>
  </div>`;
}
