// The truth about the connection: in the corner always, and across the page when what it
// shows may no longer be so.

import { useComputed } from '../vendor/signals/signals.js';
import { localNow } from './countdown.js';
import { clockTime, count } from './format.js';
import { html } from './html.js';
import { connection, hub, stale } from './store.js';
import { t } from './strings.js';

/**
 * A mark, the state in words, and the age of what is shown: since the hub was last heard. While
 * the connection is good that is also how long ago the page was the hub's board for certain.
 */
export function ConnectionState() {
  const name = stateName();
  const age = useComputed(() => t.dataAge(count(Math.max(0, localNow.value - hub.heardAt))));
  return html`<p class="connection ${name}">
    <span class="mark" aria-hidden="true" />
    <strong role="status">${stale.value && name !== 'catching_up' ? t.staleAt(clockTime(hub.heardAt)) : t.connection[name]}</strong>
    ${hub.heardAt > 0 && html`<span class="age">${age}</span>`}
  </p>`;
}

/** Until the first word comes, the page is on its way, whatever the connection is called. */
const stateName = () => (connection.value.name === 'closed' && !stale.value ? 'connecting' : connection.value.name);

/** Says that the board is old, since when, and what is being done about it. */
export function ConnectionBanner() {
  const name = stateName();
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
