// Finding a battle: the search box and the state filter. Both live in the address.

import { useEffect, useRef } from '../vendor/preact/hooks.js';
import { useComputed } from '../vendor/signals/signals.js';
import { count } from './format.js';
import { html } from './html.js';
import { query, setQuery } from './location.js';
import { STATES, select } from './select.js';
import { battles } from './store.js';
import { t } from './strings.js';

export const clearSearch = () => setQuery({ q: '', state: '' });

export function Search() {
  const input = useRef();
  useEffect(() => {
    const focus = (event) => {
      if (event.key !== '/' || event.target.closest('input, textarea, dialog')) return;
      event.preventDefault();
      input.current.select();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);
  return html`<search class="search">
    <label class="search-box">
      <span class="unseen">${t.search}</span>
      <input ref=${input} type="search" placeholder=${t.search} autocomplete="off" spellcheck=${false}
        value=${query.value.get('q') ?? ''} onInput=${(event) => setQuery({ q: event.target.value })} />
      <kbd aria-hidden="true">${t.searchHint}</kbd>
    </label>
    <${StateFilter} />
  </search>`;
}

function StateFilter() {
  const counts = useComputed(() => countStates(battles.value, query.value.get('q') ?? ''));
  const chosen = STATES.includes(query.value.get('state')) ? query.value.get('state') : 'all';
  return html`<fieldset class="states">
    <legend class="unseen">${t.filter}</legend>
    ${['all', ...STATES].map((state) => html`<label key=${state} class="state ${state}">
      <input type="radio" name="state" class="unseen" value=${state} checked=${state === chosen}
        onChange=${() => setQuery({ state: state === 'all' ? '' : state })} />
      ${t.states[state]} <span class="count">${counts.value[state]}</span>
    </label>`)}
  </fieldset>`;
}

/** How many battles match the search, in all and by state; nothing while the board is not known. */
function countStates(battles, text) {
  if (battles === null) return {};
  const sections = select(battles, text);
  const lengths = STATES.map((state) => [state, count(sections[state].length)]);
  const all = STATES.reduce((sum, state) => sum + sections[state].length, 0);
  return { all: count(all), ...Object.fromEntries(lengths) };
}
