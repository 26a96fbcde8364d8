// The way to the drawers: the watchlist, the pictures, the export.

import { unseen } from './alerts.js';
import { Drawer } from './drawer.js';
import { ExportButtons } from './export-buttons.js';
import { count } from './format.js';
import { html } from './html.js';
import { query } from './location.js';
import { closePanel, openPanel, panelLink } from './panels.js';
import { STATES, select } from './select.js';
import { battles } from './store.js';
import { t } from './strings.js';

export function Tools() {
  const tool = (panel, text) => html`<a class="button" href=${panelLink(panel)} onClick=${openPanel(panel)}>${text}</a>`;
  return html`<nav class="tools" aria-label=${t.tools}>
    ${tool('watchlist', html`${t.watchlist} ${unseen.value > 0 && html`<span class="badge">
      ${count(unseen.value)}<span class="unseen"> ${t.newAlerts}</span></span>`}`)}
    ${tool('pictures', t.pictures)}
    ${tool('export', t.export)}
  </nav>`;
}

/** The export of what the board shows now. */
export function ExportPanel() {
  return html`<${Drawer} name="export-panel" heading=${t.export} close=${closePanel}>
    <${ExportButtons} battles=${shown()} name="battles" />
  <//>`;
}

/** The battles that the search and the filter leave, in the order of the board. */
function shown() {
  const state = query.value.get('state');
  const sections = select(battles.value ?? [], query.value.get('q') ?? '');
  return STATES.filter((name) => !STATES.includes(state) || name === state).flatMap((name) => sections[name]);
}
