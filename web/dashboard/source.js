// Whether Tencent's webhooks arrive, by the word of the hub's nodes. A connection that is live
// shows a board that stands still just as well as one on which nothing happens.

import { computed, signal } from '../vendor/signals/signals.js';
import { ask } from './api.js';
import { now } from './countdown.js';
import { session } from './session.js';
import { connection, hub } from './store.js';

/** How often a node is asked. */
const EVERY_MS = 20_000;
/** For how long a refusal is worth a line. */
const RECENT_MS = 5 * 60_000;
/** Silence of so many usual intervals between webhooks is not chance, but no shorter one counts at all. */
const INTERVALS = 20;
const SILENT_MS = 3 * 60_000;

/** The faults of a request that any stranger can make, or that only an app of somebody else's: no reason for alarm by themselves. */
const HARMLESS = new Set(['wrong_app', 'wrong_type', 'too_large']);

/** What each node that was asked last said, by name: behind a balancer they take turns. */
const nodes = signal(new Map());
/** When the newest webhook arrived of which the page itself was told. */
let seen = 0;

hub.on('event', ({ kind, received_at }) => {
  if (kind !== 'presumed_ended') seen = Math.max(seen, Date.parse(received_at));
});

let timer;
let asking = false;
async function poll() {
  clearTimeout(timer);
  if (asking || document.hidden || !mayAsk()) return;
  asking = true;
  const { status, body } = await ask('v1/source', {}, AbortSignal.timeout(EVERY_MS)).catch(() => ({}));
  asking = false;
  if (status === 200) nodes.value = new Map(nodes.value).set(body.node, body);
  // What is refused once is refused again; the next connection may be another's.
  if (!(status >= 400 && status < 500)) timer = setTimeout(poll, EVERY_MS);
}

const mayAsk = () => connection.value.name === 'live' && session.value?.role === 'moderator';

hub.on('state', ({ name }) => name === 'live' && queueMicrotask(poll));
session.subscribe(() => queueMicrotask(poll));
document.addEventListener('visibilitychange', poll);

/**
 * Null if all is well; else silentMS, for how long no webhook has come if that is unusual, and last,
 * when the last came; and refusal, the newest that is of interest, with the node that refused, and
 * mixed, whether that node takes others meanwhile.
 */
export const trouble = computed(() => {
  const known = [...nodes.value.values()];
  if (known.length === 0 || connection.value.name !== 'live') return null;
  const last = Math.max(seen, ...known.map(lastOf));
  const silence = now.value - last;
  const silentMS = last > 0 && silence > patience(known) ? silence : 0;
  const refusal = newestRefusal(known, silentMS > 0 || last === 0 ? last : now.value - RECENT_MS, silentMS > 0 || last === 0);
  return silentMS || refusal ? { silentMS, last, refusal, nodes: known.length } : null;
});

const time = (instant) => (instant ? Date.parse(instant) : 0);
const lastOf = ({ logged_at, intake }) => Math.max(time(logged_at), time(intake.accepted.last_at));

/** How long a silence is nothing unusual, by how often webhooks have come. */
function patience(known) {
  const perMS = known.map(({ server_time, intake }) => intake.accepted.total / (time(server_time) - time(intake.since)));
  return Math.max(SILENT_MS, INTERVALS / perMS.reduce((sum, rate) => sum + rate, 0));
}

/** The newest refusal after an instant; the harmless ones count only if nothing else comes. */
function newestRefusal(known, after, silent) {
  let newest = null;
  for (const { node, intake } of known) {
    for (const { fault, total, last_at } of intake.refused) {
      const at = time(last_at);
      if (at <= after || at <= (newest?.at ?? 0) || (HARMLESS.has(fault) && !silent)) continue;
      newest = { fault, total, at, node, mixed: time(intake.accepted.last_at) > at };
    }
  }
  return newest;
}
