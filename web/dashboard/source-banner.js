// Says that webhooks do not arrive, and what is likely to help.

import { signal } from '../vendor/signals/signals.js';
import { now } from './countdown.js';
import { count, duration } from './format.js';
import { html } from './html.js';
import { trouble } from './source.js';
import { t } from './strings.js';

/** What the reader has read: silence until it ends, refusals until there are new ones. */
const read = signal(null);

export function SourceBanner() {
  const found = trouble.value;
  const { silentMS, refusal, nodes } = found ?? {};
  const shown = found && !isRead(found);
  return html`<div class="notices" role="status">
    ${shown && html`<div class="banner source ${refusal?.mixed && !silentMS ? 'calm' : ''}">
      <p>
        ${silentMS > 0 && html`<strong>${t.noWebhookFor(duration(silentMS))}</strong> `}
        ${refusal && html`<${Refusal} refusal=${refusal} named=${nodes > 1} />`}
        <span class="fix">${refusal ? t.faultFixes[refusal.fault] : t.silenceFix}</span>
      </p>
      <button type="button" class="button" onClick=${() => { read.value = found; }}>${t.dismiss}</button>
    </div>`}
  </div>`;
}

function Refusal({ refusal: { fault, total, at, node, mixed }, named }) {
  const ago = duration(Math.max(0, now.value - at));
  const what = mixed ? t.someRefused(ago, t.faults[fault]) : t.lastRefused(ago, t.faults[fault]);
  return html`<strong>${what}</strong> <span class="quiet">${t.refusedInAll(total, count(total))}${named && ` ${t.byNode(node)}`}</span> `;
}

function isRead({ silentMS, last, refusal }) {
  if (!read.value) return false;
  return (silentMS === 0 || last === read.value.last) && (!refusal || refusal.at === read.value.refusal?.at);
}
