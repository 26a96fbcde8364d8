// Lists that stay in order while a few of their items change at a time.
//
// A busy board changes by some dozens of battles a draw and holds thousands. So what changes is
// searched for, and all between is copied without being looked at.

/** Merges two lists that are in order into one; of equals those of the first come first. */
export function merge(a, b, compare) {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const merged = new Array(a.length + b.length);
  let [n, from] = [0, 0];
  for (const item of b) {
    const to = search(a, from, (other) => compare(other, item) <= 0);
    while (from < to) merged[n++] = a[from++];
    merged[n++] = item;
  }
  while (from < a.length) merged[n++] = a[from++];
  return merged;
}

/** The first index from such a one on whose item is not before. It is expected to be near. */
function search(list, from, before) {
  let step = 1;
  while (from + step <= list.length && before(list[from + step - 1])) {
    from += step;
    step *= 2;
  }
  let end = Math.min(list.length, from + step - 1);
  while (from < end) {
    const middle = (from + end) >> 1;
    if (before(list[middle])) from = middle + 1;
    else end = middle;
  }
  return from;
}

/** A list in an order. Sorting thousands anew for each draw would cost more than the draw. */
export class Ordered {
  /** In order; another array after every change, so that who shows it can tell. */
  list = [];
  #compare;

  constructor(compare) {
    this.#compare = compare;
  }

  /** Takes out a set of items, which may hold others too, and puts in others. */
  change(gone, come) {
    this.list = merge(this.#without(gone), [...come].sort(this.#compare), this.#compare);
  }

  #without(gone) {
    const places = [...gone].map((item) => this.#placeOf(item)).filter((place) => place >= 0).sort((a, b) => a - b);
    if (places.length === 0) return this.list;
    const kept = new Array(this.list.length - places.length);
    let [n, from] = [0, 0];
    for (const place of [...places, this.list.length]) {
      while (from < place) kept[n++] = this.list[from++];
      from++;
    }
    return kept;
  }

  #placeOf(item) {
    let place = search(this.list, 0, (other) => this.#compare(other, item) < 0);
    while (place < this.list.length && this.list[place] !== item && this.#compare(this.list[place], item) === 0) place++;
    return this.list[place] === item ? place : -1;
  }
}
