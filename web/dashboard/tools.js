// The way to the drawers: the watchlist, the pictures, the export.

import { unseen } from './alerts.js';
import { Drawer } from './drawer.js';
import { ExportButtons } from './export-buttons.js';
import { count } from './format.js';
import { html } from './html.js';
import { closePanel, openPanel, panelLink } from './panels.js';
import { shown, together } from './shown.js';
import { t } from './strings.js';

export function Tools() {
  const tool = (panel, text) => html`<a class="button" href=${panelLink(panel)} onClick=${openPanel(panel)}>${text}</a>`;
  return html`<nav class="tools" aria-label=${t.tools}>
    ${tool('watchlist', html`${t.watchlist} ${unseen.value > 0 && html`<span class="badge">
      ${count(unseen.value)}<span class="unseen"> ${t.newAlerts}</span></span>`}`)}
    ${tool('pictures', t.pictures)}
    ${tool('export', t.export)}
    ${tool('keys', html`<kbd aria-hidden="true">?</kbd><span class="unseen">${t.keys}</span>`)}
  </nav>`;
}

/** The export of what the board shows now. */
export function ExportPanel() {
  shown.value; // what together returns changes with it
  return html`<${Drawer} name="export-panel" heading=${t.export} close=${closePanel}>
    <${ExportButtons} battles=${together()} name="battles" />
  <//>`;
}
