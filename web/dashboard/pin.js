// The mark of a pinned room, or of a room of a pinned owner.

import { html } from './html.js';
import { pins } from './pins.js';
import { t } from './strings.js';
import { pinnedOwners } from './watchlist.js';

export function Pin({ side: { room, owner } }) {
  if (!pins.value.has(room) && !pinnedOwners.value.has(owner)) return null;
  return html`<span class="pin" title=${t.pinned}><span aria-hidden="true">★</span><span class="unseen">${t.pinned} </span></span>`;
}
