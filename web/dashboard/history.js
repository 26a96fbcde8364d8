// The past battles of a room or an owner, from the hub's log, page by page.

import { useEffect, useRef, useState } from '../vendor/preact/hooks.js';
import { ask } from './api.js';

/** How many pages are read at a go. Each looks at some thousand entries, so on a quiet hub this is all of the log. */
const PAGES = 20;

/**
 * The past of the one: { battles: Map by id, backTo, state, reason }, and more, which reads on. The state is
 * reading, more (there is more to read), done, or failed for a reason.
 */
export function useHistory(kind, id) {
  const [past, setPast] = useState({ battles: new Map(), state: 'reading' });
  const [go, setGo] = useState(0);
  const next = useRef('');
  useEffect(() => {
    const abort = new AbortController();
    readOn(kind, id, next, abort.signal, setPast).catch((err) => {
      if (!abort.signal.aborted) setPast((old) => ({ ...old, state: 'failed', reason: err.message }));
    });
    return () => abort.abort();
  }, [kind, id, go]);
  const more = () => {
    setPast((old) => ({ ...old, state: 'reading' }));
    setGo(go + 1);
  };
  return { past, more };
}

async function readOn(kind, id, next, signal, setPast) {
  for (let i = 0; i < PAGES; i++) {
    const { status, body } = await ask('v1/history', { [kind]: id, before: next.current }, signal);
    if (status !== 200) throw new Error(body.detail);
    next.current = body.next ?? '';
    const state = next.current === '' ? 'done' : i + 1 < PAGES ? 'reading' : 'more';
    setPast((old) => ({ battles: added(old.battles, body.battles), backTo: body.back_to ?? old.backTo, state }));
    if (state === 'done') return;
  }
}

function added(before, battles) {
  const all = new Map(before);
  for (const battle of battles) all.set(battle.id, battle);
  return all;
}
