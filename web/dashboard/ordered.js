// Lists that stay in order while a few of their items change at a time.

/** Merges two lists that are in order into one. */
export function merge(a, b, compare) {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const merged = new Array(a.length + b.length);
  for (let i = 0, j = 0, n = 0; n < merged.length; n++) {
    merged[n] = j >= b.length || (i < a.length && compare(a[i], b[j]) <= 0) ? a[i++] : b[j++];
  }
  return merged;
}

/** A list in an order. Sorting thousands anew for each draw would cost more than the draw. */
export class Ordered {
  /** In order; another array after every change, so that who shows it can tell. */
  list = [];
  #compare;

  constructor(compare) {
    this.#compare = compare;
  }

  /** Takes out a set of items and puts in others. */
  change(gone, come) {
    const kept = this.list.some((item) => gone.has(item)) ? this.list.filter((item) => !gone.has(item)) : this.list;
    this.list = merge(kept, [...come].sort(this.#compare), this.#compare);
  }
}
