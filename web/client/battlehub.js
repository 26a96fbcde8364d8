// The battlehub client, for any browser app, and for Node and React Native, whose WebSocket is the
// same. It depends on nothing but the three modules beside it.
//
//     const hub = new Battlehub({ url: 'https://hub.example.com', rooms: ['pk-3'] });
//     hub.on('battles', (battles) => render([...battles.values()]));
//     hub.connect();
//
// It keeps one connection, resumes it by cursor, and folds events into the board.

import { Board } from './board.js';
import { ServerClock } from './clock.js';
import { difference, intersection, portion } from './rooms.js';

/** After these close codes the same attempt may succeed later. After any other it will not. */
const RETRY_CODES = new Set([1001, 1005, 1006, 1011, 1012, 1013, 4408]);

/** The first delay spreads the clients of a hub that died; later ones grow up to the cap. */
const FIRST_DELAY_MS = 5_000;
const MAX_DELAY_MS = 30_000;

/** How long the network may hold a heartbeat up before the connection counts as dead. */
const SLACK_MS = 10_000;
/** How long the server has to greet, and to answer a ping. */
const ANSWER_MS = 10_000;
/** How often silence is looked for; also how soon a woken laptop notices that it slept. */
const WATCH_MS = 5_000;
/** How many event ids are remembered to drop repeats: far more than one resume repeats. */
const SEEN_MAX = 4_096;

/** In these states the server has greeted and frames may be sent. */
const GREETED = new Set(['catching_up', 'live']);

export class Battlehub {
  /** Where the connection stands: { name, since, … }, see battlehub.d.ts. */
  state = { name: 'closed', since: Date.now() };
  /** The server's last hello, or null. */
  hello = null;
  /** When the server was last heard, by the local clock; 0 if never. */
  heardAt = 0;

  #endpoint;
  #app;
  #token;
  #WebSocket;
  #listeners = new Map();
  #clock = new ServerClock();
  #board = new Board(this.#clock, () => this.#emit('battles', this.battles));

  #socket = null;
  #attempts = 0; // numbers them, so that one overtaken while it waited for its token gives up
  #failures = 0; // since the connection last worked
  #byeMS = null; // the delay that the server chose
  #retryTimer;
  #watchTimer;
  #patience = ANSWER_MS; // how long the server may be silent
  #quietSince; // when it was last heard, or should have begun to speak, by both clocks

  #wanted; // rooms to follow; null: all that the server grants
  #followed = null; // rooms that the session follows, by the server's word
  #complete = null; // rooms whose battles the board holds as of the cursor
  #request = null; // the subscribe or unsubscribe under way: one at a time
  #requests = 0;

  #cursor = null;
  #snapshot = null; // the one that is arriving, built aside
  #seen = new Set();

  constructor({ url = globalThis.location?.href, rooms, app, token, WebSocket } = {}) {
    if (rooms?.length === 0) throw new TypeError('rooms: name at least one, or leave it out to follow all');
    this.#endpoint = new URL('v1/ws', url);
    this.#endpoint.protocol = this.#endpoint.protocol.replace(/^http/, 'ws');
    this.#wanted = rooms ? new Set(rooms) : null;
    this.#app = app;
    this.#token = token;
    this.#WebSocket = WebSocket ?? globalThis.WebSocket;
  }

  /** The board: battles by id, each complete. Read only. A snapshot brings a new Map. */
  get battles() {
    return this.#board.battles;
  }

  /** The server's time in milliseconds since the epoch: what countdowns count by. */
  now() {
    return this.#clock.now();
  }

  /** Calls the listener on every such event. Returns a function that ends it. */
  on(event, listener) {
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    this.#listeners.get(event).add(listener);
    return () => this.#listeners.get(event).delete(listener);
  }

  /** Connects; while waiting or refused, tries again at once; while connected, does nothing. */
  connect() {
    if (this.state.name === 'closed') this.#watchPage('addEventListener');
    if (this.state.name !== 'connecting' && !GREETED.has(this.state.name)) this.#open();
    return this;
  }

  /** Disconnects until connect is called. The board stays as it was. */
  close() {
    this.#abandon();
    this.#board.stop();
    this.#watchPage('removeEventListener');
    this.#setState('closed');
  }

  /** Follows more rooms; their battles join the board. */
  subscribe(rooms) {
    if (!this.#wanted) throw new TypeError('this client follows all rooms already');
    for (const room of rooms) this.#wanted.add(room);
    this.#roomsChanged();
  }

  /** Stops following rooms; battles in none of the remaining ones leave the board. */
  unsubscribe(rooms) {
    if (!this.#wanted) throw new TypeError('this client follows all rooms; create it with rooms to follow some');
    for (const room of rooms) this.#wanted.delete(room);
    this.#roomsChanged();
  }

  // The connection

  async #open() {
    this.#abandon();
    if (this.#wanted?.size === 0) return this.#idle();
    const attempt = this.#attempts;
    this.#setState('connecting');
    try {
      const token = typeof this.#token === 'function' ? await this.#token() : this.#token;
      if (attempt !== this.#attempts) return;
      const protocols = token ? ['battlehub.v1', token.startsWith('usersig.') ? token : `bearer.${token}`] : ['battlehub.v1'];
      this.#attach(new this.#WebSocket(this.#address(), protocols));
    } catch (err) {
      if (attempt !== this.#attempts) return;
      this.#retry({ reason: 'token' });
      this.#emit('error', err);
    }
  }

  /** A resume asks for the rooms that the cursor is good for; the rest is subscribed to afterwards. */
  #address() {
    const address = new URL(this.#endpoint);
    let rooms = this.#wanted;
    let cursor = this.#cursor;
    if (rooms && cursor) {
      rooms = intersection(rooms, this.#complete);
      // No room in the query would mean all of them.
      if (rooms.size === 0) [rooms, cursor] = [this.#wanted, null];
    }
    for (const room of portion(rooms ?? [])) address.searchParams.append('room', room);
    if (cursor) address.searchParams.set('cursor', cursor);
    if (this.#app) address.searchParams.set('app', this.#app);
    return address.href;
  }

  #attach(socket) {
    this.#socket = socket;
    this.#byeMS = null;
    this.#expect(ANSWER_MS);
    this.#watchTimer = setInterval(() => this.#watch(), WATCH_MS);
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code, reason }) => this.#lost({ code, reason });
    // Some runtimes tell of a failed handshake by an error alone, without the close that should follow.
    socket.onerror = () => this.#lost({ code: 1006, reason: '' });
  }

  /** Lets go of the connection, whatever it is doing; its late events reach nobody. */
  #abandon() {
    this.#attempts++;
    clearTimeout(this.#retryTimer);
    clearInterval(this.#watchTimer);
    const socket = this.#socket;
    this.#socket = this.#snapshot = this.#request = null;
    if (!socket) return;
    socket.onmessage = socket.onclose = socket.onerror = null;
    socket.close();
  }

  #lost(why) {
    if (RETRY_CODES.has(why.code)) return this.#retry(why);
    this.#abandon();
    this.#setState('refused', why);
  }

  #retry(why) {
    this.#abandon();
    const chosen = this.#byeMS !== null;
    const ceiling = Math.min(FIRST_DELAY_MS * 2 ** this.#failures++, MAX_DELAY_MS);
    const delay = chosen ? this.#byeMS : Math.random() * ceiling;
    this.#byeMS = null;
    this.#retryTimer = setTimeout(() => this.#open(), delay);
    this.#setState('waiting', { ...why, chosen, retryAt: Date.now() + delay });
  }

  /** Following no room needs no connection, and the wire cannot ask for none. */
  #idle() {
    this.#cursor = null;
    this.#setState('idle');
    this.#board.replace(new Map());
  }

  /** From now on the server must be heard within ms. */
  #expect(ms) {
    this.#patience = ms;
    this.#quietSince = { tick: performance.now(), date: Date.now() };
  }

  /** Both clocks are asked: one stops while the machine sleeps, the other can be set back. */
  #watch() {
    const { tick, date } = this.#quietSince;
    const silence = Math.max(performance.now() - tick, Date.now() - date);
    if (silence > this.#patience) this.#retry({ reason: 'silent' });
  }

  #watchPage(change) {
    for (const event of ['online', 'pageshow']) globalThis[change]?.(event, this.#wake);
    for (const event of ['visibilitychange', 'resume']) globalThis.document?.[change](event, this.#wake);
  }

  /** The page or the network came back: a connection must prove that it lives, a wait is over. */
  #wake = () => {
    if (globalThis.document?.visibilityState === 'hidden') return;
    if (this.#socket) this.#watch();
    if (this.state.name === 'waiting' && !this.state.chosen) this.#open();
    if (!GREETED.has(this.state.name)) return;
    this.#send({ type: 'ping' });
    this.#expect(ANSWER_MS);
  };

  // Frames

  #receive(data) {
    this.heardAt = Date.now();
    this.#expect((this.hello?.heartbeat_ms ?? 0) + SLACK_MS);
    const frame = JSON.parse(data);
    // A type that is not known comes from a newer server and may be passed over.
    if (Object.hasOwn(this.#frames, frame.type)) this.#frames[frame.type](frame);
  }

  #frames = {
    hello: (frame) => this.#greeted(frame),
    snapshot: (frame) => this.#page(frame),
    event: (frame) => this.#happened(frame),
    subscribed: (frame) => this.#answered(frame),
    error: (frame) => this.#denied(frame),
    bookmark: (frame) => {
      this.#clock.hear(frame.server_time);
      this.#advance(frame.cursor);
    },
    gap: (frame) => {
      this.#snapshot = { full: true, battles: new Map() };
      this.#setState('catching_up');
      this.#emit('gap', frame);
    },
    bye: (frame) => {
      this.#byeMS = frame.reconnect_ms;
    },
  };

  #greeted(hello) {
    this.hello = hello;
    this.#expect(hello.heartbeat_ms + SLACK_MS);
    this.#clock.restart(hello.server_time);
    this.#followed = hello.rooms && new Set(hello.rooms);
    if (hello.resumed) return this.#settle(hello.cursor);
    this.#snapshot = { full: true, battles: new Map() };
    this.#setState('catching_up');
  }

  #page({ battles, cursor, done }) {
    this.#snapshot ??= { full: false, battles: new Map() };
    for (const battle of battles) this.#snapshot.battles.set(battle.id, battle);
    if (!done) return;
    const { full, battles: complete } = this.#snapshot;
    this.#snapshot = null;
    if (full) this.#board.replace(complete);
    else this.#board.merge(complete);
    this.#settle(cursor);
  }

  /** The board is whole again, as of the cursor. */
  #settle(cursor) {
    this.#cursor = cursor;
    this.#complete = this.#followed && new Set(this.#followed);
    this.#board.keep(this.#complete);
    this.#failures = 0;
    if (this.#request?.answered) this.#request = null;
    if (this.state.name !== 'live') this.#setState('live');
    this.#askForRooms();
  }

  /** A repeated event is the newest word on its battle all the same: only the telling is skipped. */
  #happened(event) {
    this.#snapshot?.battles.set(event.battle.id, event.battle);
    this.#board.put(event.battle);
    this.#advance(event.cursor);
    if (this.#seen.has(event.id)) return;
    this.#seen.add(event.id);
    if (this.#seen.size > SEEN_MAX) this.#seen.delete(this.#seen.values().next().value);
    this.#emit('event', event);
  }

  /** While a whole snapshot arrives the board is not that far: a drop now must not resume beyond it. */
  #advance(cursor) {
    if (!this.#snapshot?.full) this.#cursor = cursor;
  }

  // Rooms

  #roomsChanged() {
    const { name } = this.state;
    if (name === 'closed') return;
    if (this.#wanted.size === 0) {
      this.#abandon();
      this.#idle();
    } else if (name === 'idle' || name === 'refused') this.#open();
    else this.#askForRooms();
  }

  /** Brings what the server follows closer to what is wanted, one request at a time. */
  #askForRooms() {
    if (!this.#wanted || this.#request || this.state.name !== 'live') return;
    const missing = difference(this.#wanted, this.#followed);
    if (missing.length > 0) return this.#ask('subscribe', missing);
    const surplus = difference(this.#followed, this.#wanted);
    if (surplus.length > 0) this.#ask('unsubscribe', surplus);
  }

  #ask(type, rooms) {
    this.#request = { type, id: ++this.#requests, rooms: portion(rooms), answered: false };
    this.#send({ type, id: this.#request.id, rooms: this.#request.rooms });
  }

  #answered({ id, rooms }) {
    const request = this.#request;
    const before = this.#followed;
    this.#followed = rooms && new Set(rooms);
    if (!request || request.id !== id) return this.#regranted(before);
    request.answered = true;
    if (request.type === 'subscribe') {
      // What was not granted must not be asked for again and again.
      for (const room of difference(request.rooms, this.#followed)) this.#wanted.delete(room);
      this.#snapshot ??= { full: false, battles: new Map() };
    } else if (!this.#snapshot) this.#settle(this.#cursor);
  }

  /** Rooms have changed hands. The battles of those gained follow; those of the lost are not ours. */
  #regranted(before) {
    if (this.#snapshot) return; // it ends with what is followed by then
    if (this.#followed && difference(this.#followed, before ?? new Set()).length > 0) this.#snapshot = { full: false, battles: new Map() };
    else this.#settle(this.#cursor);
  }

  #denied(error) {
    const request = this.#request;
    if (request && request.id === error.id) {
      this.#request = null;
      for (const room of request.rooms) {
        if (request.type === 'subscribe') this.#wanted.delete(room);
        else this.#wanted.add(room);
      }
      this.#askForRooms();
    }
    this.#emit('error', Object.assign(new Error(error.message), { code: error.code }));
  }

  // Telling

  #send(frame) {
    this.#socket.send(JSON.stringify(frame));
  }

  #setState(name, more) {
    this.state = { name, since: Date.now(), ...more };
    this.#emit('state', this.state);
  }

  /** A listener's mistake is reported as any uncaught one, and stops neither the others nor the client. */
  #emit(event, value) {
    for (const listener of this.#listeners.get(event) ?? []) {
      try {
        listener(value);
      } catch (err) {
        setTimeout(() => {
          throw err;
        }, 0);
      }
    }
  }
}
