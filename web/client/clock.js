/**
 * The server's clock. A sample is too low by the time the frame took to arrive, so the highest of
 * the last few is the best; the base is monotonic, so that setting the local clock does not matter.
 */
export class ServerClock {
  #offsets = [];

  restart(time) {
    this.#offsets = [];
    this.hear(time);
  }

  hear(time) {
    this.#offsets.push(Date.parse(time) - performance.now());
    if (this.#offsets.length > 5) this.#offsets.shift();
  }

  now() {
    return this.#offsets.length > 0 ? Math.max(...this.#offsets) + performance.now() : Date.now();
  }
}
