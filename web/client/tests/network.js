// A network between client and hub that can be cut, and that can go silent.

import { connect, createServer } from 'node:net';
import { once } from 'node:events';

export class Network {
  #server;
  #pairs = new Set();

  /** Leads to the hub until the test ends. */
  static async start(test, hub) {
    const network = new Network();
    network.#server = createServer((near) => network.#join(near, connect(hub.port, '127.0.0.1')));
    network.#server.listen(0, '127.0.0.1');
    await once(network.#server, 'listening');
    test.after(() => {
      network.cut();
      network.#server.close();
    });
    return network;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/`;
  }

  #join(near, far) {
    const pair = [near, far];
    this.#pairs.add(pair);
    near.pipe(far);
    far.pipe(near);
    for (const end of pair) {
      end.on('error', () => {}); // what was cut
      end.on('close', () => {
        this.#pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
  }

  /** Breaks every connection. */
  cut() {
    for (const [near, far] of this.#pairs) {
      near.destroy();
      far.destroy();
    }
  }

  /** Lets nothing more arrive at the client, without a word. */
  silence() {
    for (const [near, far] of this.#pairs) {
      far.unpipe(near);
      far.resume();
    }
  }
}
