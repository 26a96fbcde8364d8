// The line below the bar: what narrows the board, how it is laid out, and the way to the drawers.

import { FilterBar, FilterButton } from './filter-bar.js';
import { html } from './html.js';
import { LayoutSwitch, StateFilter } from './search.js';
import { Tools } from './tools.js';
import { t } from './strings.js';
import { ViewList } from './view-list.js';

export function Toolbar() {
  return html`<section class="toolbar" aria-label=${t.view}>
    <${StateFilter} />
    <${FilterButton} />
    <${ViewList} />
    <div class="toolbar-end"><${LayoutSwitch} /><${Tools} /></div>
    <${FilterBar} />
  </section>`;
}
