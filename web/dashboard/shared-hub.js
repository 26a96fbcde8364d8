// The hub as this tab sees it: with the face of the client, and one connection for all tabs.
//
// The connection is in a worker that the tabs share. Where the browser has none, or it fails,
// this tab has a connection of its own, and nobody is bothered with that.

import { Relay } from './relay.js';

/** To be raised when what tabs and the worker say to each other changes: after an update, old tabs and new must not share one. */
const PROTOCOL = 1;
/** How long the worker may take to say something at all. */
const GREETING_MS = 5_000;
/** How often a worker that has fallen silent is looked for, and how much later than the hub it may be. */
const WATCH_MS = 10_000;
const SLACK_MS = 20_000;

const address = (app) => new URL(`relay-worker.js${app ? `?${new URLSearchParams({ app })}` : ''}`, import.meta.url).href;

export class SharedHub {
  state = { name: 'closed', since: Date.now() };
  hello = null;
  heardAt = 0;
  /** The board: battles by id. Read only; always the same map. */
  battles = new Map();

  #app;
  #port = null;
  #listeners = new Map();
  #offset = Date.now() - performance.now(); // from this page's monotonic clock to the server's
  #toldAt; // when the worker last said something, by the page's clock; undefined if never
  #missing = false;

  constructor({ app } = {}) {
    this.#app = app;
  }

  /** The server's time in milliseconds since the epoch. */
  now() {
    return performance.now() + this.#offset;
  }

  /**
   * Like the client's: its events, and `change` with what an update brought, { whole, put: battles, left: ids }, before
   * `battles`. Returns a function that ends it.
   */
  on(event, listener) {
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    this.#listeners.get(event).add(listener);
    return () => this.#listeners.get(event).delete(listener);
  }

  /** Connects, or tries again at once. Only tabs of the same session, a text, share a connection. */
  connect(session = '') {
    if (this.#port) return this.#port.postMessage('connect');
    this.#join(this.#share(session) ?? this.#alone());
    setTimeout(() => this.#toldAt === undefined && this.#takeOver(), GREETING_MS);
    setInterval(() => this.#watch(), WATCH_MS);
    addEventListener('pagehide', () => this.#port.postMessage('leave'));
    addEventListener('pageshow', ({ persisted }) => persisted && this.#join(this.#port));
    document.addEventListener('visibilitychange', () => document.hidden || this.#port.postMessage('wake'));
  }

  #share(session) {
    try {
      // The policy's only use: a worker's address must be a trusted one, and this is the only one that there is.
      const url = address(this.#app);
      const trusted = globalThis.trustedTypes?.createPolicy('battlehub-worker', { createScriptURL: () => url });
      const worker = new SharedWorker(trusted?.createScriptURL('') ?? url, { type: 'module', name: `battlehub ${PROTOCOL} ${session}` });
      worker.onerror = () => this.#toldAt === undefined && this.#takeOver();
      return worker.port;
    } catch {
      return null; // there are no such workers here
    }
  }

  /** A connection of this tab alone, spoken to as a shared one. */
  #alone() {
    const { port1, port2 } = new MessageChannel();
    new Relay({ app: this.#app }).attach(port1);
    return port2;
  }

  #takeOver() {
    this.#port.postMessage('leave');
    this.#port.onmessage = null;
    this.#join(this.#alone());
  }

  #join(port) {
    this.#port = port;
    port.onmessage = ({ data }) => this.#receive(data);
    port.postMessage('join');
  }

  /** A worker can die without a word. While live, the hub's own heartbeat makes it speak. */
  #watch() {
    if (this.state.name !== 'live' || performance.now() - this.#toldAt < this.hello.heartbeat_ms + SLACK_MS) {
      this.#missing = false;
    } else if (this.#missing) this.#takeOver();
    // After a sleep the silence is this page's own: the worker gets another round to speak.
    else this.#missing = true;
  }

  #receive({ heardAt, now, at, state, hello, board, happenings }) {
    this.#toldAt = performance.now();
    this.heardAt = heardAt;
    // Both sides have the same wall clock, so it says how long this was under way.
    this.#offset = now + Math.max(0, Date.now() - at) - performance.now();
    if (hello !== undefined) this.hello = hello;
    if (board) this.#update(board);
    for (const [name, value] of happenings) this.#emit(name, name === 'error' ? Object.assign(new Error(value.message), value) : value);
    if (state) this.#emit('state', (this.state = state));
    this.#port.postMessage('more');
  }

  #update({ whole, put, left }) {
    if (!whole && put.length + left.length === 0) return;
    if (whole) this.battles.clear();
    for (const battle of put) this.battles.set(battle.id, battle);
    for (const id of left) this.battles.delete(id);
    this.#emit('change', { whole, put, left });
    this.#emit('battles', this.battles);
  }

  /** A listener's mistake is reported as any uncaught one, and stops neither the others nor the hub. */
  #emit(event, value) {
    for (const listener of this.#listeners.get(event) ?? []) {
      try {
        listener(value);
      } catch (err) {
        reportError(err);
      }
    }
  }
}
