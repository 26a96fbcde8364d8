// One connection to the hub, and what it brings passed on to any number of tabs.
//
// Each tab hears of what changed since it last asked for more, and asks again once it has
// taken that in. So a tab that is busy, or frozen by the browser, is not buried: it gets the
// newest state of each battle once, however often the battle changed meanwhile.

import { Battlehub } from '../client/battlehub.js';

/** The hub's address, from this module's own: a worker has no page to go by. */
const HUB = new URL('..', import.meta.url);

/** Tabs hear no more often than screens are drawn. */
const PAUSE_MS = 16;
/** How often tabs are told that the hub was heard, when it says nothing that changes anything. */
const PULSE_MS = 1_000;
/** How many happenings wait for a tab; the oldest are lost beyond that. The board never is. */
const HAPPENINGS_MAX = 2_000;

export class Relay {
  #hub;
  #readers = new Map(); // by port
  #told = new Map(); // the board of which every reader knows, or is about to be told
  #source = null; // the client's map that #told was made of
  #touched = new Set(); // ids of battles that events told of since
  #unexplained = 0; // changes of the board less events: not 0 if something else changed it
  #pulse = 0; // when the hub was heard, as told to readers
  #timer = null;
  #restedAt = 0;

  constructor({ app } = {}) {
    this.#hub = new Battlehub({ url: HUB, app });
    this.#hub.on('battles', () => {
      this.#unexplained++;
      this.#source ??= this.#told; // the board is known from now on, be it empty
      this.#soon();
    });
    this.#hub.on('event', (event) => {
      this.#unexplained--;
      this.#touched.add(event.battle.id);
      this.#happened('event', event);
    });
    this.#hub.on('gap', (gap) => this.#happened('gap', gap));
    // A clone of an Error loses its code.
    this.#hub.on('error', ({ message, code }) => this.#happened('error', { message, code }));
    this.#hub.on('state', () => this.#soon());
    setInterval(() => this.#hub.heardAt !== this.#pulse && this.#tell(), PULSE_MS);
  }

  /** Serves the tab at the other end of the port. */
  attach(port) {
    port.onmessage = ({ data }) => this.#requests[data]?.(port);
    port.start?.();
  }

  #requests = {
    join: (port) => {
      if (['closed', 'refused'].includes(this.#hub.state.name)) this.#hub.connect();
      // Browsers cut a worker's sockets while its last tab loads another page. Who opens a page does not wait for that.
      else this.#requests.wake();
      this.#readers.set(port, new Reader(port));
      this.#soon();
    },
    more: (port) => {
      const reader = this.#readers.get(port);
      if (!reader) return;
      reader.ready = true;
      if (reader.lacks(this.#hub, this.#known)) this.#soon();
    },
    connect: () => this.#hub.connect(),
    // The client hears of its page's return by itself; a worker has none.
    wake: () => globalThis.document || globalThis.dispatchEvent(new Event('online')),
    leave: (port) => this.#readers.delete(port),
  };

  /** Whether the client has a board yet, be it an empty one. */
  get #known() {
    return this.#source !== null;
  }

  #happened(name, value) {
    for (const reader of this.#readers.values()) reader.happened(name, value);
    this.#soon();
  }

  /** Tells all readers, once for whatever comes within the pause. */
  #soon() {
    this.#timer ??= setTimeout(() => this.#tell(), Math.max(0, this.#restedAt - performance.now()));
  }

  #tell() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const begun = performance.now();
    this.#compare();
    this.#pulse = this.#hub.heardAt;
    for (const reader of this.#readers.values()) if (reader.ready) reader.tell(this.#hub, this.#known);
    // A board so large that telling of it takes long is told of less often.
    this.#restedAt = performance.now() + Math.max(PAUSE_MS, 4 * (performance.now() - begun));
  }

  /** Finds out what changed. Usually events say it all; after a snapshot, or when battles left, everything is compared. */
  #compare() {
    const { battles } = this.#hub;
    const surprising = this.#unexplained !== 0 || battles !== this.#source;
    for (const id of surprising ? battles.keys() : this.#touched) this.#note(id, battles.get(id));
    if (this.#told.size !== battles.size) for (const id of this.#told.keys()) this.#note(id, battles.get(id));
    this.#touched.clear();
    this.#unexplained = 0;
    this.#source &&= battles;
  }

  /** A battle is immutable, so it changed if it is another object. */
  #note(id, battle) {
    if (this.#told.get(id) === battle) return;
    if (battle) this.#told.set(id, battle);
    else this.#told.delete(id);
    for (const reader of this.#readers.values()) reader.changed.add(id);
  }
}

/** What one tab has yet to be told. */
class Reader {
  ready = true; // to be told more
  changed = new Set(); // ids of battles
  #port;
  #whole = true; // it knows nothing of the board
  #state = null;
  #hello = null;
  #happenings = [];

  constructor(port) {
    this.#port = port;
  }

  /** Whether there is anything that it has not been told. */
  lacks(hub, known) {
    const board = known && (this.#whole || this.changed.size > 0);
    return board || this.#happenings.length > 0 || hub.state !== this.#state || hub.hello !== this.#hello;
  }

  happened(name, value) {
    this.#happenings.push([name, value]);
    if (this.#happenings.length > HAPPENINGS_MAX) this.#happenings.shift();
  }

  tell(hub, known) {
    const news = { heardAt: hub.heardAt, now: hub.now(), at: Date.now(), happenings: this.#happenings };
    if (hub.state !== this.#state) news.state = this.#state = hub.state;
    if (hub.hello !== this.#hello) news.hello = this.#hello = hub.hello;
    if (known) news.board = this.#board(hub.battles);
    this.#port.postMessage(news);
    this.#happenings = [];
    this.ready = false;
  }

  #board(battles) {
    const news = { whole: this.#whole, put: [], left: [] };
    for (const id of this.#whole ? battles.keys() : this.changed) {
      if (battles.has(id)) news.put.push(battles.get(id));
      else news.left.push(id);
    }
    this.#whole = false;
    this.changed.clear();
    return news;
  }
}
