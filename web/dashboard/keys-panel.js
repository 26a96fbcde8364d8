// What can be done by keyboard, for who asks.

import { Drawer } from './drawer.js';
import { html } from './html.js';
import { closePanel } from './panels.js';
import { t } from './strings.js';

export function KeysPanel() {
  return html`<${Drawer} name="keys" heading=${t.keys} close=${closePanel}>
    <dl class="keys-list">
      ${Object.entries(t.keyMeans).map(([keys, means]) => html`<div key=${keys}>
        <dt>${keys.split(' ').map((key) => html`<kbd>${t.keyNames[key] ?? key}</kbd> `)}</dt><dd>${means}</dd>
      </div>`)}
    </dl>
  <//>`;
}
