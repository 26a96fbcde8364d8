// What a moderator has besides the board: notices above it, drawers beside it, alerts over it.

import { AwayNotice, AwayPanel } from './away-panel.js';
import { drawers } from './drawer.js';
import { html } from './html.js';
import { KeysPanel } from './keys-panel.js';
import { openedPanel } from './panels.js';
import { Pictures } from './pictures.js';
import { RoomPage } from './room-page.js';
import { SourceBanner } from './source-banner.js';
import { Toasts } from './toasts.js';
import { ExportPanel } from './tools.js';
import { WatchPanel } from './watch-panel.js';

export const Notices = () => html`<${SourceBanner} /><${AwayNotice} />`;

const PANELS = { watchlist: WatchPanel, pictures: Pictures, away: AwayPanel, export: ExportPanel, keys: KeysPanel };

/** The drawer that the address names, and the toasts. */
export function Workplace() {
  const { panel, of } = openedPanel();
  const Panel = Object.hasOwn(PANELS, panel ?? '') && PANELS[panel];
  return html`${Panel && html`<${Panel} key=${panel} />`}
    ${(panel === 'room' || panel === 'owner') && of && html`<${RoomPage} key=${`${panel} ${of}`} kind=${panel} id=${of} />`}
    ${drawers.value.length === 0 && html`<${Toasts} />`}`;
}
