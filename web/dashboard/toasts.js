// Alerts that come and go in the corner.

import { useEffect, useRef } from '../vendor/preact/hooks.js';
import { html } from './html.js';
import { permalink, setQuery } from './location.js';
import { alertTitle, dismiss, roomsOf, toasts } from './notify.js';
import { t } from './strings.js';

/** An open drawer makes the page around it inert: there they are part of it. As a popover they stand over all of it. */
export function Toasts() {
  const list = useRef();
  useEffect(() => {
    list.current.hidePopover();
    if (toasts.value.length > 0) list.current.showPopover();
  }, [toasts.value]);
  return html`<div ref=${list} class="toasts" popover="manual" role="log" aria-label=${t.alertsHeading}>
    ${toasts.value.map((alert) => html`<${Toast} key=${alert.key} alert=${alert} />`)}
  </div>`;
}

function Toast({ alert: { key, rule, who, event: { battle } } }) {
  const open = (click) => {
    click.preventDefault();
    dismiss(key);
    setQuery({ battle: battle.id }, { push: true });
  };
  return html`<div class="toast ${rule.kind}">
    <p><strong>${alertTitle(rule, who)}</strong>
      <a href=${permalink(battle.id)} onClick=${open}><bdi>${roomsOf(battle).join(' · ')}</bdi></a></p>
    <button type="button" class="toast-close" aria-label=${t.dismiss} onClick=${() => dismiss(key)}>×</button>
  </div>`;
}
