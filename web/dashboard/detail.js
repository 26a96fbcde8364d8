// One battle in full: its fields, its rooms, and every webhook that told of it.

import { useEffect, useRef, useState } from '../vendor/preact/hooks.js';
import { Sides } from './battle-card.js';
import { delay, fullTime, length } from './format.js';
import { html } from './html.js';
import { query, setQuery } from './location.js';
import { app, battleOf, battles, connection } from './store.js';
import { t } from './strings.js';

const close = () => setQuery({ battle: '' });

/** Shows the battle that the address names. */
export function Detail() {
  const id = query.value.get('battle');
  return id && html`<${Panel} key=${id} id=${id} />`;
}

function Panel({ id }) {
  const dialog = useRef();
  const detail = useDetail(id);
  useEffect(() => dialog.current.showModal(), []);
  return html`<dialog ref=${dialog} class="detail" aria-labelledby="detail-heading" onClose=${close}
      onClick=${(event) => event.target === dialog.current && dialog.current.close()}>
    <div class="detail-content">
      <header>
        <h2 id="detail-heading">${t.detail}</h2>
        <button type="button" class="button" onClick=${() => dialog.current.close()}>${t.close}</button>
      </header>
      <p role="status">${detail.message}</p>
      ${detail.events && html`<${Conflicts} events=${detail.events} />`}
      ${detail.battle && html`<${Sides} battle=${detail.battle} /><${Fields} battle=${detail.battle} />`}
      ${detail.events && html`<${Timeline} events=${detail.events} />`}
    </div>
  </dialog>`;
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
  const address = new URL(`v1/battles/${encodeURIComponent(id)}`, location.origin + location.pathname);
  if (app) address.searchParams.set('app', app);
  const response = await fetch(address, { signal, headers: { accept: 'application/json' } });
  if (response.status === 404) return { message: t.notKept };
  const body = JSON.parse(await response.text(), exact);
  if (!response.ok) throw new Error(body.detail);
  return body;
}

/** Keeps a number that JavaScript would change as it is written: Tencent sends accounts above 2^53. */
function exact(key, value, { source }) {
  return typeof value === 'number' && String(value) !== source ? JSON.rawJSON(source) : value;
}

const INSTANTS = ['created_at', 'respond_by', 'started_at', 'ends_at', 'ended_at'];

function Fields({ battle }) {
  const fields = {
    id: battle.id,
    state: t.states[battle.state],
    outcome: battle.outcome === 'presumed_ended' ? `${t.outcomes.presumed_ended}. ${t.presumed}` : t.outcomes[battle.outcome],
    operator: battle.operator,
    needs_response: battle.needs_response === undefined ? undefined : battle.needs_response ? t.yes : t.no,
    timeout: battle.timeout_ms && length(battle.timeout_ms),
    duration: battle.duration_ms && length(battle.duration_ms),
    extension: battle.extension,
  };
  for (const key of INSTANTS) if (battle[key]) fields[key] = html`<time datetime=${battle[key]}>${fullTime(battle[key])}</time>`;
  return html`<dl class="fields">
    ${Object.entries(fields).filter(([, value]) => value).map(([key, value]) => html`<div key=${key} class="field-${key}">
      <dt>${t.fields[key]}</dt><dd><bdi>${value}</bdi></dd>
    </div>`)}
  </dl>`;
}

/** Says at the top that the timeline, which may be out of sight, holds a reason to worry. */
function Conflicts({ events }) {
  const n = events.filter((event) => event.verdict === 'conflict').length;
  return n > 0 && html`<p class="warning">${t.conflicts(n)}</p>`;
}

function Timeline({ events }) {
  return html`<h3 id="timeline-heading">${t.timeline}</h3>
    <ol class="timeline" aria-labelledby="timeline-heading">
      ${events.map((event, i) => html`<li key=${`${event.id} ${i}`} class=${event.verdict}>
        <p>
          <strong>${t.kinds[event.kind]}</strong>
          <time datetime=${event.at}>${fullTime(event.at)}</time>
          <span><span class="quiet">${t.delay}</span> ${delay(event.delay_ms)}</span>
          <span class="tag ${event.verdict === 'ok' ? '' : 'alert'}">${t.verdicts[event.verdict]}</span>
        </p>
        ${t.explanations[event.verdict] && html`<p class="explanation">${t.explanations[event.verdict]}</p>`}
        ${event.raw && html`<details><summary>${event.verdict === 'conflict' ? t.rawKeptOut : t.raw}</summary><pre>${JSON.stringify(event.raw, null, 2)}</pre></details>`}
      </li>`)}
    </ol>`;
}
