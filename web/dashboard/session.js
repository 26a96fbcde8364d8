// Who is signed in, by the word of the hub, and how one may sign in.
//
// Whoever signs in or out gets the page anew, in every tab: so nothing is left in it of what
// another was shown, and it never goes on where another had been.

import { signal } from '../vendor/signals/signals.js';
import { cameBack } from './location.js';
import { hub } from './store.js';

const ADDRESS = new URL('v1/session', location.origin + location.pathname);
/** Where the hub sends people on to the provider. */
export const ELSEWHERE = 'v1/signin/oidc';
/** How long the hub may take to answer. After that the connection tells what is wrong. */
const PATIENCE_MS = 5_000;

/** The close codes of a session whose credential is good no more, and the reasons that they stand for. */
const ENDED = { 4401: 'expired', 4409: 'revoked' };

/**
 * Null until the hub has answered, then by name:
 *
 * - `in`: with user, role, rooms, open, sign_in as the hub tells them.
 * - `out`: with the reason, and sign_in: the ways.
 * - `unknown`: the hub did not say; connecting shows why.
 */
export const session = signal(null);

export async function askSession() {
  session.value = await answer().catch(() => ({ name: 'unknown' }));
  if (cameBack && session.value.name === 'in') tabs.postMessage('changed');
}

async function answer() {
  const response = await fetch(ADDRESS, { signal: AbortSignal.timeout(PATIENCE_MS) });
  const body = await response.json();
  if (response.ok) return { name: 'in', ...body };
  return { ...body, name: response.status === 401 ? 'out' : 'unknown' };
}

hub.on('state', ({ name, code }) => {
  if (name !== 'refused' || !ENDED[code]) return;
  const { name: was, sign_in = { token: true } } = session.value;
  session.value = { name: 'out', reason: was === 'in' ? ENDED[code] : 'missing', sign_in };
});

const tabs = new BroadcastChannel('battlehub-session');
tabs.onmessage = () => location.reload();

/** Starts over, here and in the other tabs. */
function changed() {
  tabs.postMessage('changed');
  location.reload();
}

/** What tabs must have in common to share a connection: the same person, with the same rights. */
export const sessionKey = ({ user, role, rooms, open }) => JSON.stringify([open, user, role, rooms]);

/** Signs in, or returns why not: { status, reason, detail, retryAfter }, all of it missing if the hub cannot be reached. */
export async function signIn(token) {
  const response = await fetch(ADDRESS, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  }).catch(() => null);
  if (response?.ok) return changed();
  const { reason, detail } = (await response?.json().catch(() => null)) ?? {};
  return { status: response?.status, reason, detail, retryAfter: Number(response?.headers.get('retry-after')) };
}

/** Signs out, or returns false: the hub alone can make the browser forget its token. */
export async function signOut() {
  const response = await fetch(ADDRESS, { method: 'DELETE' }).catch(() => null);
  if (response?.ok) changed();
  return response?.ok ?? false;
}
