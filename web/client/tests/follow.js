// A client that notes all that it was told.

import './websocket.js';
import { Battlehub } from '../battlehub.js';

/** How long a condition may take. Far more than is needed: a loaded machine must not fail a test. */
const PATIENCE_MS = 60_000;

/** A WebSocket that notes what it is asked for. Which messages a frame gives the client is for deliver to say. */
function tapped(sockets, deliver, heard) {
  return class extends WebSocket {
    constructor(url, protocols) {
      super(url, protocols);
      this.asked = { url: new URL(url), protocols };
      this.sent = [];
      sockets.push(this);
    }

    send(text) {
      this.sent.push(JSON.parse(text));
      super.send(text);
    }

    set onmessage(handler) {
      super.onmessage = handler && ((message) => {
        const frame = JSON.parse(message.data);
        deliver(frame, message).forEach(handler);
        heard(frame.type);
      });
    }
  };
}

/**
 * Makes a client that is closed with the test. It has, besides: told, the events so far; states, errors and gaps,
 * sizes of the board at each change, types of the frames, sockets opened, and until(condition).
 */
export function follow(test, options, { deliver = (frame, message) => [message] } = {}) {
  const sockets = [];
  const frames = [];
  const waiting = new Set();
  const check = () => waiting.forEach((look) => look());
  const heard = (type) => {
    frames.push(type);
    check();
  };
  const hub = new Battlehub({ WebSocket: tapped(sockets, deliver, heard), ...options });
  const told = { told: [], states: [], errors: [], gaps: [], sizes: [], frames, sockets };
  for (const [event, note] of Object.entries({
    event: (frame) => told.told.push(frame),
    state: (state) => told.states.push(state.name),
    error: (err) => told.errors.push(err),
    gap: (gap) => told.gaps.push(gap.reason),
    battles: (battles) => told.sizes.push(battles.size),
  })) {
    hub.on(event, (value) => {
      note(value);
      check();
    });
  }
  test.after(() => hub.close());
  told.until = (condition) => until(waiting, condition, () => ({ state: hub.state, ...told }));
  return Object.assign(hub, told);
}

// The real one: some tests tell the client that time has passed.
const { setTimeout, clearTimeout } = globalThis;

/** Waits until the client was told what makes the condition true. */
function until(waiting, condition, describe) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      waiting.delete(look);
      reject(new Error(`never: ${condition}; instead ${JSON.stringify(describe(), (key, value) => (['sockets', 'frames'].includes(key) ? undefined : value))}`));
    }, PATIENCE_MS);
    const look = () => {
      if (!condition()) return;
      clearTimeout(timer);
      waiting.delete(look);
      resolve();
    };
    waiting.add(look);
    look();
  });
}

/** The kinds and battles of the events told, to compare with. */
export const kinds = (hub) => hub.told.map(({ kind }) => kind);
