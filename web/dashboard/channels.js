// How alerts are given: each way can be switched on and off, and tried.

import { useState } from '../vendor/preact/hooks.js';
import { chime } from './chime.js';
import { html } from './html.js';
import { askPermission, permission } from './notify.js';
import { t } from './strings.js';
import { channels, switchChannel } from './watchlist.js';

export function Channels() {
  const { toast, sound, desktop } = channels.value;
  const [allowed, setAllowed] = useState(permission());
  const switchDesktop = async (on) => {
    switchChannel('desktop', on);
    if (on && allowed === 'default') setAllowed(await askPermission());
  };
  const switchSound = (on) => {
    switchChannel('sound', on);
    if (on) chime();
  };
  return html`<section aria-labelledby="channels-heading">
    <h3 id="channels-heading">${t.channels}</h3>
    <${Switch} name="toast" on=${toast} change=${(on) => switchChannel('toast', on)} />
    <${Switch} name="sound" on=${sound} change=${switchSound} />
    <${Switch} name="desktop" on=${desktop} change=${switchDesktop} />
    ${desktop && allowed !== 'granted' && html`<p class="quiet" role="status">${t.desktopIs[allowed]}</p>`}
    <p class="quiet">${t.keptHere}</p>
  </section>`;
}

const Switch = ({ name, on, change }) => html`<label class="switch">
  <input type="checkbox" name=${name} checked=${on} onChange=${(event) => change(event.target.checked)} /> ${t.channelNames[name]}
</label>`;
