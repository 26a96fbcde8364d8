// What a browser's page adds: its events. They are sent here by hand; the hub is real.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { follow } from './follow.js';
import { Hub } from './hub.js';
import { Network } from './network.js';

/** Gives this process the event targets of a page for the time of the test. */
function page(t) {
  const target = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  Object.assign(globalThis, {
    document,
    addEventListener: addEventListener.bind(target),
    removeEventListener: removeEventListener.bind(target),
  });
  t.after(() => ['document', 'addEventListener', 'removeEventListener'].forEach((key) => delete globalThis[key]));
  return { window: target, document };
}

test('a network that comes back ends the wait', async (t) => {
  const { window, document } = page(t);
  const server = await Hub.start(t);
  const network = await Network.start(t, server);
  mock.timers.enable({ apis: ['setTimeout'] }); // the wait never ends by itself
  t.after(() => mock.timers.reset());
  const hub = follow(t, { url: network.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  for (const [target, event] of [[window, 'online'], [document, 'visibilitychange']]) {
    network.cut();
    await hub.until(() => hub.state.name === 'waiting');
    document.visibilityState = 'hidden';
    document.dispatchEvent(new Event('visibilitychange'));
    assert.equal(hub.state.name, 'waiting', 'a page that nobody sees can wait');
    document.visibilityState = 'visible';
    target.dispatchEvent(new Event(event));
    await hub.until(() => hub.state.name === 'live');
  }
});

test('a wait that the server chose is kept', async (t) => {
  const { window } = page(t);
  const server = await Hub.start(t);
  const hub = follow(t, { url: server.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  const ended = server.end('SIGTERM');
  await hub.until(() => hub.state.name === 'waiting');
  window.dispatchEvent(new Event('online'));
  assert.equal(hub.state.name, 'waiting');
  assert.equal(hub.sockets.length, 1);
  await ended;
});

test('a page that comes back tests its connection', async (t) => {
  const { document } = page(t);
  const server = await Hub.start(t);
  const network = await Network.start(t, server);
  mock.timers.enable({ apis: ['setInterval'] });
  t.after(() => mock.timers.reset());
  const hub = follow(t, { url: network.url }).connect();
  await hub.until(() => hub.state.name === 'live');

  const heard = hub.heardAt;
  document.dispatchEvent(new Event('visibilitychange'));
  assert.deepEqual(hub.sockets[0].sent, [{ type: 'ping' }]);
  const pong = new Promise((resolve) => hub.sockets[0].addEventListener('message', resolve));
  await pong;
  assert.ok(hub.heardAt >= heard);

  network.silence();
  document.dispatchEvent(new Event('visibilitychange'));
  const now = Date.now();
  t.mock.method(Date, 'now', () => now + 11_000); // well before the heartbeat would be missed
  mock.timers.tick(5_000);
  assert.equal(hub.state.name, 'waiting');
  assert.equal(hub.state.reason, 'silent');
});

test('a machine that slept finds its connection dead at once', async (t) => {
  const { document } = page(t);
  const server = await Hub.start(t);
  const hub = follow(t, { url: server.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  const now = Date.now();
  t.mock.method(Date, 'now', () => now + 3_600_000);
  document.dispatchEvent(new Event('visibilitychange'));
  assert.equal(hub.state.name, 'connecting', 'without a delay');
  await hub.until(() => hub.state.name === 'live');
  assert.equal(hub.sockets.length, 2);
});

test('a listener may close the client when the page finds its connection dead', async (t) => {
  const { window } = page(t);
  const server = await Hub.start(t);
  const hub = follow(t, { url: server.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  const stop = hub.on('state', () => {
    stop();
    hub.close();
  });
  const now = Date.now();
  t.mock.method(Date, 'now', () => now + 3_600_000);
  window.dispatchEvent(new Event('online'));
  assert.equal(hub.state.name, 'closed', `${hub.states}`);
  assert.equal(hub.sockets.length, 1);
});

test('a closed client no longer listens to the page', async (t) => {
  const { window, document } = page(t);
  const server = await Hub.start(t);
  const hub = follow(t, { url: server.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  hub.close();
  window.dispatchEvent(new Event('online'));
  document.dispatchEvent(new Event('visibilitychange'));
  assert.equal(hub.state.name, 'closed');
});

test('a page that comes back does not argue with a refusal', async (t) => {
  const { window } = page(t);
  const server = await Hub.start(t);
  const hub = follow(t, { url: server.url, app: 7 }).connect();
  await hub.until(() => hub.state.name === 'refused');
  window.dispatchEvent(new Event('online'));
  assert.equal(hub.state.name, 'refused');
});
