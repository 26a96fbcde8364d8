// A network between client and hub that can be cut, go silent, lead elsewhere, and say what a hub
// or a proxy would.

import { connect, createServer } from 'node:net';
import { once } from 'node:events';

export class Network {
  #server;
  #hub;
  #pairs = new Set();
  /** How many connections were opened. */
  joined = 0;

  /** Leads to the hub until the test ends. */
  static async start(test, hub) {
    const network = new Network();
    network.#hub = hub;
    network.#server = createServer((near) => network.#join(near, connect(network.#hub.port, '127.0.0.1')));
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
    this.joined++;
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

  /** Leads new connections to another hub. */
  lead(hub) {
    this.#hub = hub;
  }

  /** Lets half of what comes next arrive, and breaks every connection there. */
  cutAmid() {
    for (const [near, far] of this.#pairs) {
      far.unpipe(near);
      far.once('data', (data) => near.write(data.subarray(0, data.length / 2), () => near.destroy()));
      far.resume();
    }
  }

  /** Lets the client hear a text of at most 125 bytes as a frame of the server. */
  say(text) {
    for (const [near] of this.#pairs) near.write(Buffer.concat([Uint8Array.of(0x81, text.length), Buffer.from(text)]));
  }

  /** Lets the client think that the server closes its session, with the code or with none. */
  close(code) {
    const body = code ? [2, code >> 8, code & 255] : [0];
    for (const [near] of this.#pairs) near.write(Uint8Array.of(0x88, ...body)); // RFC 6455 §5.2
  }

  /** Lets nothing more arrive at the client, without a word. */
  silence() {
    for (const [near, far] of this.#pairs) {
      far.unpipe(near);
      far.resume();
    }
  }
}
