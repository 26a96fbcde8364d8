// Who is signed in, and the way out.

import { useState } from '../vendor/preact/hooks.js';
import { html } from './html.js';
import { session, signOut } from './session.js';
import { t } from './strings.js';

export function Account() {
  const [failed, setFailed] = useState(false);
  const { name, open, user, role } = session.value;
  if (name !== 'in' || open) return null;
  const leave = async () => setFailed(!(await signOut()));
  return html`<div class="account">
    <p class="account-user" title=${user}>
      <span class="unseen">${t.signedInAs}</span><bdi>${user}</bdi>
      ${' '}<span class="account-role">${t.roles[role]}</span>
    </p>
    <button type="button" class="button" onClick=${leave}>${t.signOut}</button>
    <p class="account-failed" role="alert">${failed && t.signOutFailed}</p>
  </div>`;
}
