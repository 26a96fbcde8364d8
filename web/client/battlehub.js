// One connection, resumed by cursor, and the board that its events make; see battlehub.d.ts.

/** After any other close code, trying again would change nothing. */
const RETRY_CODES = [1001, 1005, 1006, 1011, 1012, 1013, 4408];
/** Between looks for silence; most, before the first retry; least, before a refresh. */
const PACE_MS = 5_000;
const MAX_DELAY_MS = 30_000;
const SLACK_MS = 10_000; // how late the server may be
/** A wrong number must not strand a client. */
const HINT_MAX_MS = 600_000;
/** Events known, or waiting for a reader. */
const EVENTS_MAX = 4_096;
/** Proxies often bound a request's line at 4 or 8 KiB. */
const ROOMS_CHARS = 3_000;

const missing = (a, b) => [...a].filter((room) => !b.has(room));

/** As many as one query or frame may name. */
function portion(rooms) {
  let left = ROOMS_CHARS;
  return rooms.filter((room, i) => (left -= encodeURIComponent(room).length + 6) > 0 || i === 0);
}

/** The one place for a token in a browser's handshake. */
function subprotocols(token) {
  if (!token) return ['battlehub.v1'];
  return ['battlehub.v1', token.startsWith('usersig.') ? token : `bearer.${token}`];
}

/** When a JWT expires; NaN if that cannot be read. */
function expiry(token) {
  try {
    return JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))).exp * 1000;
  } catch {
    return NaN;
  }
}

export class Battlehub {
  state = { name: 'closed', since: Date.now() };
  battles = new Map();
  hello = null;
  heardAt = 0;

  #endpoint;
  #token;
  #WebSocket;
  #listeners = new Set();

  #socket;
  #attempts = 0;
  #failures = 0;
  #byeMS; // the server's choice
  #since; // when it was heard, or had to speak,
  #patience; // and how long it may be silent
  #offsets = []; // of its clock
  #shown; // token
  #retryTimer;
  #watchTimer;
  #refreshTimer;

  #wanted; // rooms; undefined: all
  #followed; // by the server's word
  #complete; // on the board as of the cursor
  #request; // under way

  #cursor;
  #snapshot; // the whole board as it arrives
  #seen = new Set();

  constructor({ url = globalThis.location?.href, rooms, app, token, WebSocket = globalThis.WebSocket } = {}) {
    if (rooms?.length === 0) throw new TypeError('rooms: name at least one, or leave it out');
    // React Native has URL only in part.
    const base = /^(?:http|ws)(s?:\/\/[^/?#]+(\/[^?#]*(?=\/))?)/i.exec(url)?.[1];
    if (!base) throw new TypeError('url: give one such as https://hub.example.com');
    this.#endpoint = `ws${base}/v1/ws?${app ? `app=${encodeURIComponent(app)}&` : ''}`;
    this.#wanted = rooms && new Set(rooms);
    this.#token = token;
    this.#WebSocket = WebSocket;
  }

  /** Each offset is too low by the time that its frame took. */
  now() {
    return this.#offsets.length > 0 ? Math.max(...this.#offsets) + performance.now() : Date.now();
  }

  countdown({ state, respond_by, ends_at }) {
    return Math.max(0, Date.parse({ pending: respond_by, live: ends_at }[state]) - this.now());
  }

  on(event, listener) {
    const entry = { event, listener };
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  /** No generator: one that waits, or was never begun, cannot be ended. */
  events() {
    let waiting = [];
    let ended = false;
    let news;
    let wake;
    const stir = () => {
      wake?.();
      news = new Promise((resolve) => (wake = resolve));
    };
    const push = (frame) => {
      if (waiting.length === EVENTS_MAX) waiting = [{ type: 'gap', reason: 'lagged' }];
      waiting.push(frame);
      stir();
    };
    const end = () => {
      for (const stop of stops) stop();
      ended = true;
      stir();
    };
    const stops = [
      this.on('event', push),
      this.on('gap', push),
      this.on('state', ({ name }) => name === 'closed' && end()),
    ];
    stir();
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        while (!ended && waiting.length === 0) await news;
        return { done: waiting.length === 0, value: waiting.shift() };
      },
      async return() {
        waiting = [];
        end();
        return this.next();
      },
    };
  }

  connect() {
    if (!this.#WebSocket) throw new TypeError('WebSocket: give one, such as that of the package ws');
    const { name } = this.state;
    if (name === 'closed') this.#watchPage('addEventListener');
    if (this.#silent || (name !== 'connecting' && !this.#greeted)) this.#open();
    return this;
  }

  close() {
    this.#abandon();
    this.#watchPage('removeEventListener');
    this.#setState('closed');
  }

  async refresh() {
    if (!this.#greeted) return;
    await this.#askToken((token) => this.#send({ type: 'auth', token }));
    this.#refreshLater();
  }

  subscribe(rooms) {
    this.#changeRooms('add', rooms);
  }

  unsubscribe(rooms) {
    this.#changeRooms('delete', rooms);
  }

  #open() {
    this.#abandon();
    if (this.#wanted?.size === 0) {
      this.#cursor = null;
      this.#setState('idle'); // no room in the query would mean all
      return this.#show(new Map());
    }
    const attempt = this.#attempts;
    this.#setState('connecting'); // in which a listener may close
    if (attempt !== this.#attempts) return;
    this.#askToken(
      (token) => this.#attach(new this.#WebSocket(this.#address(), subprotocols(token))),
      () => this.#retry({ reason: 'token' }),
    );
  }

  #address() {
    const wanted = [...(this.#wanted ?? [])];
    // The cursor is good for these only; the others are subscribed to afterwards.
    const held = wanted.filter((room) => this.#complete?.has(room));
    if (this.#wanted && held.length === 0) this.#cursor = null;
    const query = portion(this.#cursor ? held : wanted).map((room) => `room=${encodeURIComponent(room)}`);
    if (this.#cursor) query.push(`cursor=${encodeURIComponent(this.#cursor)}`);
    return this.#endpoint + query.join('&');
  }

  /** Uses it unless overtaken meanwhile. */
  async #askToken(use, failed) {
    const attempt = this.#attempts;
    try {
      const token = await (this.#renewable ? this.#token() : this.#token);
      if (attempt !== this.#attempts) return;
      this.#shown = token;
      use(token);
    } catch (err) {
      if (attempt !== this.#attempts) return;
      failed?.();
      this.#emit('error', err);
    }
  }

  #attach(socket) {
    this.#socket = socket;
    this.#expect(SLACK_MS);
    this.#watchTimer = setInterval(() => {
      if (this.#silent) this.#retry({ reason: 'silent' });
      else this.#keep();
    }, PACE_MS);
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code, reason }) => this.#lost({ code, reason });
    // Some runtimes tell no more of a failed handshake.
    socket.onerror = () => this.#lost({ code: 1006, reason: '' });
  }

  /** Lets go of the connection: its late events reach nobody. */
  #abandon() {
    this.#attempts++;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#refreshTimer);
    clearInterval(this.#watchTimer);
    const socket = this.#socket;
    this.#socket = this.#snapshot = this.#request = this.#byeMS = null;
    if (!socket) return;
    socket.onmessage = socket.onclose = socket.onerror = () => {}; // the package ws throws what nobody hears
    socket.close();
  }

  #lost(why) {
    // A token that ran out is replaced; if one was refused at once, another would be, too.
    const expired = why.code === 4401 && this.#greeted && this.#renewable;
    if (expired || RETRY_CODES.includes(why.code)) return this.#retry(why);
    this.#abandon();
    this.#setState('refused', why);
  }

  #retry(why) {
    const chosen = this.#byeMS > 0;
    const delay = chosen ? this.#byeMS : Math.random() * Math.min(PACE_MS * 2 ** this.#failures++, MAX_DELAY_MS);
    this.#abandon();
    this.#retryTimer = setTimeout(() => this.#open(), delay);
    const since = Date.now();
    this.#setState('waiting', { ...why, chosen, since, retryAt: since + delay });
  }

  get #greeted() {
    return ['catching_up', 'live'].includes(this.state.name);
  }

  get #renewable() {
    return typeof this.#token === 'function';
  }

  #expect(ms) {
    this.#since = Date.now();
    this.#patience = ms;
  }

  /** A clock that was set is silence, too: resuming is harmless. */
  get #silent() {
    return this.#socket && Math.abs(Date.now() - this.#since) > this.#patience;
  }

  #watchPage(change) {
    globalThis[change]?.('online', this.#wake);
    globalThis.document?.[change]?.('visibilitychange', this.#wake);
  }

  /** Page or network are back: no more waiting, and the connection must prove itself. */
  #wake = () => {
    const { name, chosen } = this.state;
    if (chosen || ['refused', 'idle'].includes(name) || globalThis.document?.visibilityState === 'hidden') return;
    this.connect();
    if (!this.#greeted) return;
    this.#send({ type: 'ping' });
    this.#expect(SLACK_MS);
  };

  /** Well before the token expires, and not with everybody else. */
  #refreshLater() {
    clearTimeout(this.#refreshTimer);
    const left = expiry(this.#shown) - this.now();
    if (!this.#greeted || !this.#renewable || !(left < 2 ** 31)) return; // unknown, or too long for a timer
    const delay = Math.max(PACE_MS, left * (0.7 + 0.2 * Math.random()));
    this.#refreshTimer = setTimeout(() => this.refresh(), delay);
  }

  #receive(data) {
    this.heardAt = Date.now();
    try {
      const frame = JSON.parse(data);
      this.#frames[frame.type]?.(frame); // a newer server has more
      this.#expect((this.hello?.heartbeat_ms ?? 0) + SLACK_MS);
    } catch (err) {
      this.#retry({ reason: 'garbled' }); // what it said is lost
      this.#emit('error', err);
    }
  }

  #frames = {
    __proto__: null,

    hello: (hello) => {
      this.hello = hello;
      this.#offsets = [];
      this.#hear(hello);
      this.#followed = hello.rooms && new Set(hello.rooms);
      if (hello.resumed) this.#settle(hello.cursor);
      else this.#catchUp();
      this.#refreshLater();
    },

    snapshot: ({ battles, cursor, done }) => {
      const board = this.#snapshot ?? this.battles;
      for (const battle of battles) board.set(battle.id, battle);
      if (!done) return;
      this.#snapshot = null;
      this.#show(board);
      this.#settle(cursor);
    },

    /** A repeat is the newest word all the same. */
    event: (event) => {
      const { id, battle } = event;
      this.#snapshot?.set(battle.id, battle);
      this.#show(this.battles.set(battle.id, battle));
      this.#advance(event);
      if (this.#seen.has(id)) return;
      this.#seen.add(id);
      const [oldest] = this.#seen;
      if (this.#seen.size > EVENTS_MAX) this.#seen.delete(oldest);
      this.#emit('event', event);
    },

    bookmark: (bookmark) => {
      this.#hear(bookmark);
      this.#advance(bookmark);
      this.#failures = 0; // not sooner: a server may break under all that come back
    },

    gap: (gap) => {
      this.#catchUp();
      this.#emit('gap', gap);
    },

    bye: ({ reconnect_ms }) => {
      this.#byeMS = Math.min(reconnect_ms, HINT_MAX_MS);
    },

    /** The battles of rooms that are new follow. */
    subscribed: ({ id, rooms }) => {
      const before = this.#followed;
      this.#followed = rooms && new Set(rooms);
      if (id) this.#request = null;
      const gained = before && missing(rooms, before).length > 0;
      if (!gained && !this.#snapshot) this.#settle(this.#cursor);
    },

    error: ({ id, code, message, retry_ms }) => {
      if (id && retry_ms) this.#retryTimer = setTimeout(() => this.#answered(), Math.min(retry_ms, HINT_MAX_MS));
      else if (id) {
        const { type, rooms } = this.#request;
        // Never ask for them again and again.
        for (const room of rooms) this.#wanted[type === 'subscribe' ? 'delete' : 'add'](room);
        this.#answered();
      }
      this.#emit('error', Object.assign(new Error(message), { code, retry_ms }));
    },
  };

  #hear({ server_time }) {
    this.#offsets = [Date.parse(server_time) - performance.now(), ...this.#offsets.slice(0, 4)];
  }

  #catchUp() {
    this.#snapshot = new Map();
    this.#setState('catching_up');
  }

  /** The board is whole again, as of the cursor. */
  #settle(cursor) {
    this.#cursor = cursor;
    this.#complete = this.#followed;
    this.#keep();
    if (this.#socket && this.state.name !== 'live') this.#setState('live'); // else one closed
    this.#askForRooms();
  }

  /** Never beyond a board that is still to come. */
  #advance({ cursor }) {
    if (!this.#snapshot) this.#cursor = cursor;
  }

  #show(battles) {
    this.battles = battles;
    this.#emit('battles', battles);
  }

  /** Takes off what left or is followed no more. */
  #keep() {
    const before = this.battles.size;
    const now = this.now();
    for (const { id, from, to, leaves_at } of this.battles.values()) {
      const ours = !this.#followed || [from, ...to].some(({ room }) => this.#followed.has(room));
      if (!ours || Date.parse(leaves_at) <= now) this.battles.delete(id);
    }
    if (this.battles.size < before) this.#show(this.battles);
  }

  #changeRooms(change, rooms) {
    if (!this.#wanted) throw new TypeError('this client follows all rooms: make one with rooms');
    for (const room of rooms) this.#wanted[change](room);
    const { name } = this.state;
    if (name === 'closed') return;
    if (this.#wanted.size === 0 || name === 'idle' || name === 'refused') this.#open();
    else this.#askForRooms();
  }

  #answered() {
    this.#request = null;
    this.#askForRooms();
  }

  /** One request at a time, until the server follows what is wanted. */
  #askForRooms() {
    if (!this.#wanted || this.#request || this.state.name !== 'live') return;
    const more = missing(this.#wanted, this.#followed);
    const rooms = portion(more.length > 0 ? more : missing(this.#followed, this.#wanted));
    if (rooms.length === 0) return;
    this.#request = { type: more.length > 0 ? 'subscribe' : 'unsubscribe', id: 1, rooms };
    this.#send(this.#request);
  }

  #send(frame) {
    this.#socket.send(JSON.stringify(frame));
  }

  #setState(name, more) {
    this.state = { name, since: Date.now(), ...more };
    this.#emit('state', this.state);
  }

  /** A listener's mistake is reported, and stops nobody else. */
  #emit(name, value) {
    for (const { event, listener } of this.#listeners) {
      try {
        if (event === name) listener(value);
      } catch (err) {
        setTimeout(() => {
          throw err;
        }, 0);
      }
    }
  }
}
