// The drawer at the side of the page, in which everything opens that is more than the board.

import { useLayoutEffect, useRef } from '../vendor/preact/hooks.js';
import { signal } from '../vendor/signals/signals.js';
import { html } from './html.js';
import { t } from './strings.js';
import { Toasts } from './toasts.js';

/** The drawers that are open, the uppermost last. */
export const drawers = signal([]);

/** A drawer that is open for as long as it is rendered; close is called when the reader has closed it. */
export function Drawer({ name, heading, tools, close, children }) {
  const dialog = useRef();
  useLayoutEffect(() => { // not after the next frame: until it is open, keys go to the page behind it
    dialog.current.showModal();
    drawers.value = [...drawers.value, dialog];
    return () => {
      drawers.value = drawers.value.filter((other) => other !== dialog);
    };
  }, []);
  return html`<dialog ref=${dialog} class="drawer ${name}" aria-labelledby="${name}-heading" onClose=${close}
      onClick=${(event) => event.target === dialog.current && dialog.current.close()}>
    <div class="drawer-content">
      <header>
        <h2 id="${name}-heading"><bdi>${heading}</bdi></h2>
        <div class="drawer-tools">
          ${tools}
          <button type="button" class="button" onClick=${() => dialog.current.close()}>${t.close}</button>
        </div>
      </header>
      ${children}
    </div>
    ${drawers.value.at(-1) === dialog && html`<${Toasts} />`}
  </dialog>`;
}
