// Finding a battle: the search box, the state filter and the layout. All of them live in the address.

import { PARTS } from './filter.js';
import { idOf } from './find.js';
import { count } from './format.js';
import { html } from './html.js';
import { query, setQuery } from './location.js';
import { STATES } from './select.js';
import { layout, shown, state, together } from './shown.js';
import { battles } from './store.js';
import { t } from './strings.js';

/** Takes out whatever hides battles. */
export const clearSearch = () => setQuery(Object.fromEntries([...PARTS, 'state'].map((part) => [part, ''])));

export function Search() {
  return html`<search class="search">
    <label class="search-box">
      <span class="unseen">${t.search}</span>
      <input type="search" placeholder=${t.search} autocomplete="off" spellcheck=${false}
        value=${query.value.get('q') ?? ''} onInput=${(event) => setQuery({ q: event.target.value })} onKeyDown=${(event) => event.key === 'Enter' && openFound()} />
      <kbd aria-hidden="true">${t.searchHint}</kbd>
    </label>
  </search>`;
}

/** Opens the first battle that was found or, if the text is a whole id, the one that only the log has still. */
function openFound() {
  const battle = query.value.get('q')?.trim() && (together()[0]?.id ?? idOf(query.value.get('q')));
  if (battle) setQuery({ battle }, { push: true });
}

export function StateFilter() {
  const { pending, live, ended } = shown.value;
  const counts = { all: pending.length + live.length + ended.length, pending: pending.length, live: live.length, ended: ended.length };
  return html`<fieldset class="segments states">
    <legend class="unseen">${t.filter}</legend>
    ${['all', ...STATES].map((name) => html`<label key=${name} class="segment state ${name}">
      <input type="radio" name="state" class="unseen" value=${name} checked=${name === (state.value ?? 'all')}
        onChange=${() => setQuery({ state: name === 'all' ? '' : name })} />
      ${t.states[name]} <span class="count">${battles.value && count(counts[name])}</span>
    </label>`)}
  </fieldset>`;
}

/** The choice between cards and a table. */
export function LayoutSwitch() {
  return html`<fieldset class="segments layouts">
    <legend class="unseen">${t.layout}</legend>
    ${['cards', 'table'].map((name) => html`<label key=${name} class="segment">
      <input type="radio" name="layout" class="unseen" value=${name} checked=${name === layout.value}
        onChange=${() => setQuery({ view: name === 'cards' ? '' : name })} />
      ${t.layouts[name]}
    </label>`)}
  </fieldset>`;
}
