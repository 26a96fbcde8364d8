// The way in, for who is not signed in or not any more.

import { useEffect, useRef, useState } from '../vendor/preact/hooks.js';
import { html } from './html.js';
import { keepPlace } from './location.js';
import { ELSEWHERE, session, signIn } from './session.js';
import { t } from './strings.js';

export function SignIn() {
  const first = useRef();
  const { reason, sign_in: { token, oidc } } = session.value;
  useEffect(() => first.current?.focus(), []);
  return html`<main class="sign-in" aria-labelledby="sign-in-heading">
    <p class="sign-in-brand"><img src="dashboard/icon.svg" alt="" width="28" height="28" />battlehub</p>
    <h1 id="sign-in-heading">${t.signIn}</h1>
    ${reason !== 'missing' && html`<p class="sign-in-why ${reason}" role="alert">${t.signedOut[reason] ?? t.signedOut.other}</p>`}
    ${oidc && html`<a ref=${first} class="button primary" href=${ELSEWHERE} onClick=${keepPlace}>${t.signInWith(oidc.name)}</a>`}
    ${oidc && token && html`<p class="sign-in-or"><span>${t.or}</span></p>`}
    ${token && html`<${TokenForm} field=${oidc ? undefined : first} main=${!oidc} />`}
    ${!oidc && !token && html`<p>${t.noWayIn}</p>`}
  </main>`;
}

function TokenForm({ field, main }) {
  const own = useRef();
  const input = field ?? own;
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');

  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const token = bare(input.current.value);
    const refused = token ? await signIn(token) : { empty: true };
    if (!refused) return; // the page is about to load anew
    setBusy(false);
    setWrong(whatIsWrong(refused));
    input.current.select();
  };
  return html`<form class="sign-in-form" onSubmit=${submit} aria-busy=${busy}>
    <label for="token">${t.token}</label>
    <input ref=${input} id="token" type="password" autocomplete="off" autocapitalize="off" spellcheck=${false}
      aria-describedby="token-wrong token-help" aria-invalid=${wrong !== ''} onInput=${() => setWrong('')} />
    <p id="token-wrong" class="sign-in-wrong" role="alert">${wrong}</p>
    <p id="token-help" class="quiet">${t.tokenHelp}</p>
    <button type="submit" class=${main ? 'button primary' : 'button'}>${busy ? t.signingIn : main ? t.signInNow : t.signInWithToken}</button>
  </form>`;
}

/** The token alone: it may be copied from a header, or broken over lines. */
const bare = (text) => text.replace(/^\s*(authorization:)?\s*(bearer\s)?/i, '').replace(/\s+/g, '');

function whatIsWrong({ empty, status, reason, detail, retryAfter }) {
  if (empty) return t.tokenWrong.empty;
  if (status === undefined) return t.tokenWrong.unreachable;
  if (status === 429) return t.tokenWrong.limited(retryAfter);
  return t.tokenWrong[reason] ?? t.tokenWrong.other(detail ?? status);
}
