// What the hub was told of a battle, webhook by webhook, and what it made of each.

import { Copy } from './copy.js';
import { delay, exactClock } from './format.js';
import { html } from './html.js';
import { Instant } from './instant.js';
import { t } from './strings.js';

export function Timeline({ events }) {
  const begun = Date.parse(events[0].at);
  return html`<h3 id="timeline-heading">${t.timeline}</h3>
    <ol class="timeline" aria-labelledby="timeline-heading">
      ${events.map((event, i) => html`<li key=${`${event.id} ${i}`} class=${event.verdict}>
        <${Entry} event=${event} since=${Date.parse(event.at) - begun} />
      </li>`)}
    </ol>`;
}

function Entry({ event, since }) {
  const { kind, verdict, raw } = event;
  return html`<p>
      <strong>${t.kinds[kind]}</strong>
      <${Instant} at=${event.at} />
      ${since !== 0 && html`<span class="quiet">${t.sinceFirst(delay(since))}</span>`}
      <span class="tag ${verdict === 'ok' ? '' : 'alert'}">${t.verdicts[verdict]}</span>
    </p>
    <dl class="moments">
      <${Moment} name=${t.received} at=${event.received_at} />
      ${event.appended_at && html`<${Moment} name=${t.appended} at=${event.appended_at} />`}
      <div><dt>${t.delay}</dt><dd>${delay(event.delay_ms)}</dd></div>
    </dl>
    ${t.explanations[verdict] && html`<p class="explanation">${t.explanations[verdict]}</p>`}
    <div class="event-more">
      ${raw && html`<details><summary>${verdict === 'conflict' ? t.rawKeptOut : t.raw}</summary><pre>${JSON.stringify(raw, null, 2)}</pre></details>`}
      <${Copy} text=${event.id} what=${t.kinds[kind]} label=${t.copyEventId} />
    </div>`;
}

const Moment = ({ name, at }) => html`<div><dt>${name}</dt><dd><time datetime=${at} title=${at}>${exactClock(at)}</time></dd></div>`;
