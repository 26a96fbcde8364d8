// Where the items of a long list are, without asking the browser.

/** Items in rows of some columns, each row as high as its highest item. */
export class Rows {
  #tops;
  #columns;

  constructor(items, columns, heightOf, gap) {
    this.#columns = columns;
    this.#tops = new Float64Array(Math.ceil(items.length / columns) + 1);
    let top = 0;
    for (let row = 0, i = 0; i < items.length; row++) {
      let height = 0;
      for (const end = Math.min(i + columns, items.length); i < end; i++) height = Math.max(height, heightOf(items[i]));
      this.#tops[row + 1] = top += height + gap;
    }
    this.gap = gap;
  }

  /** The height of all. */
  get height() {
    return Math.max(0, this.#tops.at(-1) - this.gap);
  }

  topOf(index) {
    return this.#tops[Math.floor(index / this.#columns)];
  }

  heightOf(index) {
    const row = Math.floor(index / this.#columns);
    return this.#tops[row + 1] - this.#tops[row] - this.gap;
  }

  /** The index of the first item that ends below a height. It may be that of none, if all end above. */
  firstBelow(y) {
    let [low, high] = [0, this.#tops.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#tops[middle + 1] - this.gap > y) high = middle;
      else low = middle + 1;
    }
    return low * this.#columns;
  }

  /** The index after the last item that begins above a height, never more than there are. */
  endAbove(y, length) {
    return Math.min(length, this.firstBelow(y) + this.#columns);
  }
}
