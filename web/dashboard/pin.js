// The mark of a pinned room.

import { html } from './html.js';
import { pins } from './pins.js';
import { t } from './strings.js';

export function Pin({ room }) {
  return pins.value.has(room) && html`<span class="pin" title=${t.pinned}><span aria-hidden="true">★</span><span class="unseen">${t.pinned} </span></span>`;
}
