// The filter's fields. All of them live in the address.

import { signal } from '../vendor/signals/signals.js';
import { OUTCOMES, PARTS, boundsOf } from './filter.js';
import { count, length } from './format.js';
import { html } from './html.js';
import { app, connection, hub } from './store.js';
import { clearSearch } from './search.js';
import { query, setQuery } from './location.js';
import { session } from './session.js';
import { filter, filtered } from './shown.js';
import { t } from './strings.js';
import { ViewForm } from './view-list.js';

/** Lengths to choose from; the address may hold others. */
const LENGTHS = ['-60', '60-180', '180-300', '300-'];
const FIELDS = PARTS.filter((part) => part !== 'q');

/** Whether the reader wants the fields to be seen; undefined until they said so. */
const wanted = signal(undefined);
const asking = () => FIELDS.filter((part) => filter.value[part].trim()).length;
/** What hides battles is itself not hidden, unless the reader hid it. */
const open = () => wanted.value ?? asking() > 0;

export function FilterButton() {
  const n = asking();
  return html`<button type="button" class="button" aria-expanded=${open()} aria-controls="filter" onClick=${() => (wanted.value = !open())}>
    ${t.filterBy}${n > 0 && html` <span class="badge calm">${count(n)}<span class="unseen"> ${t.filtersSet}</span></span>`}
  </button>`;
}

export function FilterBar() {
  return html`<div id="filter" class="filter" role="group" aria-label=${t.filterBy} hidden=${!open()}>
    ${['room', 'owner', 'operator'].map((part) => html`<${Text} key=${part} part=${part} />`)}
    <${Choice} part="outcome" values=${OUTCOMES} name=${(value) => t.outcomes[value] ?? value} />
    <${Choice} part="length" values=${LENGTHS} name=${lengthName} />
    <${App} />
    ${filtered.value && html`<button type="button" class="button" onClick=${clearSearch}>${t.clear}</button>`}
    <${ViewForm} />
  </div>`;
}

function Text({ part }) {
  return html`<label class="field"><span>${t.filters[part]}</span>
    <input type="text" name=${part} autocomplete="off" spellcheck=${false} value=${filter.value[part]}
      onInput=${(event) => setQuery({ [part]: event.target.value })} /></label>`;
}

function Choice({ part, values, name }) {
  const chosen = filter.value[part];
  const all = chosen && !values.includes(chosen) ? [...values, chosen] : values;
  return html`<label class="field"><span>${t.filters[part]}</span>
    <select name=${part} value=${chosen} onChange=${(event) => setQuery({ [part]: event.target.value })}>
      <option value="">${t.any}</option>
      ${all.map((value) => html`<option key=${value} value=${value}>${name(value)}</option>`)}
    </select></label>`;
}

function lengthName(text) {
  const { above, upTo } = boundsOf(text);
  const long = (seconds) => length(seconds * 1000);
  if (above && upTo) return t.lengthBetween(long(above), long(upTo));
  if (above) return t.longerThan(long(above));
  return upTo ? t.upTo(long(upTo)) : text;
}

/** A page shows one app, and its connection is that app's: another one is another page. */
function App() {
  const { apps } = session.value;
  connection.value; // the hub's greeting tells which app, if the address does not
  const shown = String(app ?? hub.hello?.app ?? '');
  if (apps?.length === 1) return null;
  const change = (event) => event.target.value.trim() && location.assign(`?${new URLSearchParams({ ...Object.fromEntries(query.value), app: event.target.value.trim() })}`);
  return html`<label class="field"><span>${t.filters.app}</span>
    ${apps?.length > 1
      ? html`<select name="app" value=${shown} onChange=${change}>${apps.map((id) => html`<option key=${id} value=${id}>${id}</option>`)}</select>`
      : html`<input name="app" inputmode="numeric" pattern="[0-9]+" value=${shown} onChange=${change} />`}
  </label>`;
}
