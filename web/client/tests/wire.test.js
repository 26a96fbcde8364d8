// What a connection does to a client, down to the bytes.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { mock, test } from 'node:test';
import { Battle } from './battle.js';
import { follow, kinds } from './follow.js';
import { Hub } from './hub.js';
import { Network } from './network.js';

/** A server that takes connections, and never says a word. */
async function mute(t) {
  const taken = [];
  const server = createServer((socket) => taken.push(socket.on('error', () => {}).resume())).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of taken) socket.destroy();
    server.close();
  });
  return { server, taken, url: `http://127.0.0.1:${server.address().port}` };
}

test('a connection that is cut in the middle of a frame tells nothing of it, and the next one all', async (t) => {
  t.mock.method(Math, 'random', () => 0.01);
  const server = await Hub.start(t);
  const network = await Network.start(t, server);
  const hub = follow(t, { url: network.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  const battle = await new Battle(server, 'pk-3', 'pk-5').create();
  await hub.until(() => hub.told.length === 1);
  network.cutAmid();
  await battle.start();
  await hub.until(() => hub.state.name === 'waiting');
  assert.equal(hub.told.length, 1);
  assert.equal(hub.battles.get(battle.id).state, 'pending');
  await battle.end(1, 2);
  await hub.until(() => hub.told.length === 3);
  assert.deepEqual(kinds(hub), ['created', 'started', 'ended']);
  assert.equal(hub.hello.resumed, true);
  assert.deepEqual(hub.battles, await server.battles());
});

test('after a frame that is none it does not go on as if nothing were lost', async (t) => {
  t.mock.method(Math, 'random', () => 0);
  const server = await Hub.start(t);
  const network = await Network.start(t, server);
  const battle = await new Battle(server, 'pk-3', 'pk-5').create();
  const hub = follow(t, { url: network.url }, { deliver: (frame, message) => [message] });
  const reasons = [];
  hub.on('state', ({ name, reason }) => name === 'waiting' && reasons.push(reason));
  hub.connect();
  await hub.until(() => hub.state.name === 'live');
  const garbled = ['{"type":"snapshot"}', '{"type":"event","id":"x"}', '{"type":"error","id":7,"code":"forbidden","message":"not yours"}'];
  for (const [i, text] of garbled.entries()) {
    network.say(text);
    await hub.until(() => hub.errors.length === i + 1 && hub.state.name === 'live');
  }
  assert.deepEqual(reasons, garbled.map(() => 'garbled'));
  assert.equal(hub.hello.resumed, true);
  assert.deepEqual([...hub.battles.keys()], [battle.id]);
  network.say('{"type":"of a newer server"}');
  await battle.start();
  await hub.until(() => hub.told.length === 1);
  assert.equal(hub.sockets.length, 4, 'a type that it does not know disturbs nobody');
});

test('a wrong number in a bye does not strand it', async (t) => {
  const server = await Hub.start(t);
  const network = await Network.start(t, server);
  for (const [told, delay] of [[1e12, 600_000], [-1, undefined], ['"soon"', undefined], [4321, 4321]]) {
    const hub = follow(t, { url: network.url }).connect();
    await hub.until(() => hub.state.name === 'live');
    network.say(`{"type":"bye","reason":"draining","reconnect_ms":${told}}`);
    network.close(1012);
    await hub.until(() => hub.state.name === 'waiting');
    const { retryAt, since, chosen } = hub.state;
    assert.equal(chosen, delay !== undefined);
    if (chosen) assert.equal(Math.round(retryAt - since), delay);
    else assert.ok(retryAt - since <= 5_000, `${retryAt - since} ms`);
    hub.close();
  }
});

test('a server that accepts and never answers is given up', async (t) => {
  const { server, taken, url } = await mute(t);
  mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  t.after(() => mock.timers.reset());
  const hub = follow(t, { url }).connect();
  await once(server, 'connection');
  hub.connect();
  assert.equal(hub.sockets.length, 1, 'one at a time');
  const now = Date.now();
  t.mock.method(Date, 'now', () => now + 11_000);
  mock.timers.tick(5_000);
  assert.equal(hub.state.name, 'waiting');
  assert.equal(hub.state.reason, 'silent');
  if (!taken[0].closed) await once(taken[0], 'close'); // it does not linger
});

test('a client that is closed while it connects lets go of the connection', async (t) => {
  const { server, taken, url } = await mute(t);
  const hub = follow(t, { url }).connect();
  await once(server, 'connection');
  hub.close();
  if (!taken[0].closed) await once(taken[0], 'close');
  assert.deepEqual(hub.states, ['connecting', 'closed']);
  assert.deepEqual(hub.errors, []);
  assert.ok(hub.sockets[0].readyState >= WebSocket.CLOSING);
});
