// Settings that a browser keeps, and its tabs share.

import { effect, signal } from '../vendor/signals/signals.js';
import { keep, kept } from './storage.js';

/**
 * A signal that is kept under the key. What is kept is foreign text all the same: read makes a value of
 * it, or throws, and then the fallback stands.
 */
export function stored(key, fallback, { read = (value) => value, write = (value) => value } = {}) {
  const parse = () => {
    try {
      return read(kept(key) ?? write(fallback));
    } catch {
      return fallback;
    }
  };
  const value = signal(parse());
  let first = true;
  effect(() => {
    const now = write(value.value);
    if (!first && JSON.stringify(now) !== JSON.stringify(kept(key))) keep(key, now);
    first = false;
  });
  addEventListener('storage', (event) => {
    if (event.key === `battlehub-${key}`) value.value = parse();
  });
  return value;
}
