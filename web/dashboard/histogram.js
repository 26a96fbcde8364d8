/** How much a bucket is wider than the one before: what is read off is that exact. */
const GROWTH = 1.1;
const BUCKETS = 160; // up to some hours, in milliseconds

/** Counts of lengths of time, from which quantiles are read, in the same room however many there are. */
export class Histogram {
  #counts = new Uint32Array(BUCKETS);
  total = 0;

  add(ms) {
    const bucket = Math.floor(Math.log(Math.max(0, ms) + 1) / Math.log(GROWTH));
    this.#counts[Math.min(BUCKETS - 1, bucket)]++;
    this.total++;
  }

  merge(other) {
    for (let i = 0; i < BUCKETS; i++) this.#counts[i] += other.#counts[i];
    this.total += other.total;
  }

  /** The q-quantile in milliseconds, or null if nothing was counted. */
  quantile(q) {
    let rest = Math.ceil(q * this.total);
    for (let i = 0; i < BUCKETS && this.total > 0; i++) {
      rest -= this.#counts[i];
      if (rest <= 0) return Math.round(GROWTH ** (i + 0.5) - 1);
    }
    return null;
  }
}
