// What the page asks the hub besides its connection.

import { app } from './store.js';

/** Asks for a path with these parameters; returns the status and the body. Throws if the hub cannot be reached. */
export async function ask(path, parameters = {}, signal = undefined) {
  const address = new URL(path, location.origin + location.pathname);
  for (const [name, value] of Object.entries(app ? { app, ...parameters } : parameters)) {
    if (value) address.searchParams.set(name, value);
  }
  const response = await fetch(address, { signal, headers: { accept: 'application/json' } });
  return { status: response.status, body: JSON.parse(await response.text(), exact) };
}

/** Keeps a number that JavaScript would change as it is written: Tencent sends accounts above 2^53. */
function exact(key, value, { source }) {
  return typeof value === 'number' && String(value) !== source ? JSON.rawJSON(source) : value;
}
