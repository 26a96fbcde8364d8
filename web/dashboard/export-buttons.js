// Saves battles as a file.

import { save } from './export.js';
import { count } from './format.js';
import { html } from './html.js';
import { t } from './strings.js';

export function ExportButtons({ battles, name }) {
  return html`<div class="export">
    <p>${t.exportWhat(battles.length, count(battles.length))}</p>
    <button type="button" class="button" disabled=${battles.length === 0} onClick=${() => save(battles, 'csv', name)}>CSV</button>
    <button type="button" class="button" disabled=${battles.length === 0} onClick=${() => save(battles, 'ndjson', name)}>NDJSON</button>
    <p class="quiet">${t.exportMeans}</p>
  </div>`;
}
