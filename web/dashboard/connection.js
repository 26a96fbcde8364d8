// The truth about the connection: in the corner always, and across the page when what it
// shows may no longer be so.

import { useComputed } from '../vendor/signals/signals.js';
import { localNow } from './countdown.js';
import { clockTime } from './format.js';
import { html } from './html.js';
import { connection, hub, stale } from './store.js';
import { t } from './strings.js';

/** A mark, a word, and while live how long ago the server was heard. */
export function ConnectionState() {
  const { name } = connection.value;
  const age = useComputed(() => t.heard(Math.max(0, Math.round((localNow.value - hub.heardAt) / 1000))));
  return html`<p class="connection ${name}">
    <span class="mark" aria-hidden="true" />
    <strong role="status">${t.connection[name]}</strong>
    ${name === 'live' && html`<span class="age">${age}</span>`}
  </p>`;
}

/** Says that the board is old, since when, and what is being done about it. */
export function ConnectionBanner() {
  const { name } = connection.value;
  if (name === 'live' || (!stale.value && ['connecting', 'catching_up'].includes(name))) return null;
  return html`<div class="banner ${name}">
    <p>
      <strong>${stale.value ? t.staleSince(clockTime(hub.heardAt)) : t.notYet}</strong>
      ${' '}<${NextStep} state=${connection.value} />
    </p>
    ${['waiting', 'refused'].includes(name) && html`<button type="button" class="button" onClick=${() => hub.connect()}>
      ${t.retryNow}
    </button>`}
  </div>`;
}

function NextStep({ state }) {
  if (state.name === 'refused') return t.refusedBecause(state.reason, state.code);
  if (state.name !== 'waiting') return t.reconnecting;
  const seconds = Math.max(0, Math.ceil((state.retryAt - localNow.value) / 1000));
  return state.chosen ? t.restarting(seconds) : t.retryIn(seconds);
}
