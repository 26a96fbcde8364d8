// What this browser keeps for its reader. Where it may keep nothing, as in some private
// windows, the page works all the same, until it is closed.

const keyOf = (key) => `battlehub-${key}`;

/** The value kept under the key, or the fallback. */
export function kept(key, fallback) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(key))) ?? fallback;
  } catch {
    return fallback;
  }
}

/** Keeps a value under the key, for this page's next time and other tabs; undefined forgets it. */
export function keep(key, value) {
  try {
    if (value === undefined) localStorage.removeItem(keyOf(key));
    else localStorage.setItem(keyOf(key), JSON.stringify(value));
  } catch {
    // full or forbidden
  }
}
