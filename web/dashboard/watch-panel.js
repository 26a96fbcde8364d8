// The watchlist: what is pinned and how it stands, the rules, how alerts are given, and the newest.

import { useEffect } from '../vendor/preact/hooks.js';
import { alerts, unseen } from './alerts.js';
import { Line } from './away-panel.js';
import { Drawer } from './drawer.js';
import { html } from './html.js';
import { alertTitle } from './notify.js';
import { closePanel } from './panels.js';
import { Channels } from './channels.js';
import { Pinned } from './pinned.js';
import { RuleList } from './rule-list.js';
import { t } from './strings.js';

export function WatchPanel() {
  return html`<${Drawer} name="watch" heading=${t.watchlist} close=${closePanel}>
    <${Pinned} />
    <${RuleList} />
    <${Channels} />
    <${Newest} />
  <//>`;
}

/** The newest alerts, which now are seen. */
function Newest() {
  useEffect(() => {
    unseen.value = 0;
  }, [alerts.value]);
  return html`<section aria-labelledby="alerts-heading">
    <h3 id="alerts-heading">${t.alertsHeading}</h3>
    ${alerts.value.length === 0 && html`<p class="quiet">${t.noAlerts}</p>`}
    <ol class="happened">
      ${alerts.value.map(({ key, rule, who, event }) => html`<li key=${key}>
        <strong>${alertTitle(rule, who)}</strong> <${Line} event=${event} />
      </li>`)}
    </ol>
  </section>`;
}
