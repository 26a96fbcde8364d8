// What this browser keeps for its reader. Where it may keep nothing, as in some private
// windows, the page works all the same, until it is closed.

/** The value kept under the key, or the fallback. */
export function kept(key, fallback) {
  try {
    return JSON.parse(localStorage.getItem(`battlehub-${key}`)) ?? fallback;
  } catch {
    return fallback;
  }
}

/** Keeps a value under the key, for this page's next time and other tabs; undefined forgets it. */
export function keep(key, value) {
  try {
    if (value === undefined) localStorage.removeItem(`battlehub-${key}`);
    else localStorage.setItem(`battlehub-${key}`, JSON.stringify(value));
  } catch {
    // full or forbidden
  }
}
