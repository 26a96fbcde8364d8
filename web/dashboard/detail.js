// One battle in full: its rooms, its fields, and every webhook that told of it.

import { useEffect, useState } from '../vendor/preact/hooks.js';
import { ask } from './api.js';
import { Copy } from './copy.js';
import { Drawer } from './drawer.js';
import { Fields } from './fields.js';
import { html } from './html.js';
import { permalink, query, setQuery } from './location.js';
import { Rooms } from './rooms.js';
import { battleOf, battles, connection } from './store.js';
import { t } from './strings.js';
import { Timeline } from './timeline.js';

const close = () => setQuery({ battle: '' });

/** Shows the battle that the address names. */
export function Detail() {
  const id = query.value.get('battle');
  return id && html`<${Panel} key=${id} id=${id} />`;
}

function Panel({ id }) {
  const { message, battle, events } = useDetail(id);
  return html`<${Drawer} name="detail" heading=${t.detail} close=${close} tools=${html`<${Permalink} id=${id} />`}>
    <p role="status">${message}</p>
    ${events && html`<${Conflicts} events=${events} />`}
    ${battle && html`<${Rooms} battle=${battle} /><${Fields} battle=${battle} />`}
    ${events && html`<${Timeline} events=${events} />`}
  <//>`;
}

/** The address of this battle and nothing else, to be sent to somebody. */
function Permalink({ id }) {
  const address = new URL(permalink(id), location.href).href;
  return html`<${Copy} text=${address} what=${t.permalink} label=${t.copyLink} />`;
}

/** Loads the battle, and again whenever the board has news of it or the hub is back. */
function useDetail(id) {
  const [detail, setDetail] = useState({ message: t.loading });
  const known = battles.value && battleOf(id);
  const live = connection.value.name === 'live';
  useEffect(() => {
    const abort = new AbortController();
    load(id, abort.signal).then(setDetail, (err) => {
      if (!abort.signal.aborted) setDetail((old) => ({ ...old, message: t.loadFailed(err.message) }));
    });
    return () => abort.abort();
  }, [id, known, live]);
  return detail;
}

async function load(id, signal) {
  const { status, body } = await ask(`v1/battles/${encodeURIComponent(id)}`, {}, signal);
  if (status === 404) return { message: t.notKept };
  if (status !== 200) throw new Error(body.detail);
  return body;
}

/** Says at the top that the timeline, which may be out of sight, holds a reason to worry. */
function Conflicts({ events }) {
  const n = events.filter((event) => event.verdict === 'conflict').length;
  return n > 0 && html`<p class="warning">${t.conflicts(n)}</p>`;
}
