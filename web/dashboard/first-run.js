// The board of a hub that has no battles: how to get some.

import { html } from './html.js';
import { hub } from './store.js';
import { t } from './strings.js';

/** What simulate uses without being told. */
const DEFAULT = { webhook: 'http://localhost:8080/webhook', app: 1400000000 };

export function FirstRun() {
  const webhook = new URL('webhook', location.origin + location.pathname).href;
  return html`<div class="notice first-run">
    <h2>${t.firstRun}</h2>
    <p>${t.firstRunLead}</p>
    <p>${t.firstRunWebhook}</p>
    <pre><code>${webhook}</code></pre>
    <p>${t.firstRunSimulate}</p>
    <pre><code>${simulate(webhook, hub.hello.app)}</code></pre>
  </div>`;
}

function simulate(webhook, app) {
  const words = ['battlehub simulate'];
  if (webhook !== DEFAULT.webhook) words.push(`--url ${webhook}`);
  if (app !== DEFAULT.app) words.push(`--sdkappid ${app}`);
  return words.join(' ');
}
