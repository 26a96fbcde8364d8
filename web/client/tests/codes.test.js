// What ends a session, and whether the client comes back.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { follow } from './follow.js';
import { Hub } from './hub.js';
import { jwt, jwtSecret } from './jwt.js';
import { Network } from './network.js';

/** Stops all waiting: what the client does next is for the test to see. */
function stopTimers(t) {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
}

test('after these close codes the client comes back, and after no other', async (t) => {
  const server = await Hub.start(t);
  const network = await Network.start(t, server);
  stopTimers(t);
  const again = [undefined, 1001, 1011, 1012, 1013, 4408];
  const never = [1000, 1002, 1003, 1008, 1009, 4000, 4400, 4401, 4403, 4409, 4429, 4999];
  for (const code of [...again, ...never]) {
    const hub = follow(t, { url: network.url }).connect();
    await hub.until(() => hub.state.name === 'live');
    network.close(code);
    await hub.until(() => hub.state.name !== 'live');
    assert.equal(hub.state.name, again.includes(code) ? 'waiting' : 'refused', `${code}`);
    assert.equal(hub.state.code, code ?? 1005);
    hub.close();
  }
});

test('4401: without a credential, and with one that is none', async (t) => {
  const server = await Hub.start(t, { jwtSecret });
  for (const token of [undefined, 'not-a-token', () => 'not-a-token', () => jwt({ seconds: -3600 })]) {
    const hub = follow(t, { url: server.url, token }).connect();
    await hub.until(() => hub.state.name === 'refused');
    assert.equal(hub.state.code, 4401);
    assert.match(hub.state.reason, /^unauthenticated/);
    assert.equal(hub.sockets.length, 1, 'another token would be no better');
  }
});

test('4401: once there is another token, connect goes on', async (t) => {
  const server = await Hub.start(t, { jwtSecret });
  let token = 'not-a-token';
  const hub = follow(t, { url: server.url, token: () => token }).connect();
  await hub.until(() => hub.state.name === 'refused');
  token = jwt();
  hub.connect();
  await hub.until(() => hub.state.name === 'live');
});

test('4403: a room of somebody else', async (t) => {
  const server = await Hub.start(t, { jwtSecret });
  const hub = follow(t, { url: server.url, rooms: ['pk-1', 'pk-2'], token: () => jwt({ rooms: ['pk-1'] }) }).connect();
  await hub.until(() => hub.state.name === 'refused');
  assert.equal(hub.state.code, 4403);
  assert.match(hub.state.reason, /pk-2/);
  assert.equal(hub.sockets.length, 1);
  hub.unsubscribe(['pk-2']);
  await hub.until(() => hub.state.name === 'live');
  assert.deepEqual(hub.hello.rooms, ['pk-1']);
});

test('4409: an operator took the credential back', async (t) => {
  const server = await Hub.start(t, { jwtSecret });
  const hub = follow(t, { url: server.url, token: () => jwt({ user: 'ann' }) }).connect();
  const other = follow(t, { url: server.url, token: () => jwt({ user: 'bob' }) }).connect();
  await hub.until(() => hub.state.name === 'live');
  await other.until(() => other.state.name === 'live');
  await server.revoke('ann');
  await hub.until(() => hub.state.name === 'refused');
  assert.equal(hub.state.code, 4409);
  assert.equal(hub.sockets.length, 1);
  assert.equal(other.state.name, 'live');
});

test('4429: too many frames', async (t) => {
  const server = await Hub.start(t);
  const hub = follow(t, { url: server.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  for (let i = 0; i < 200; i++) hub.sockets[0].send('{"type":"ping"}');
  await hub.until(() => hub.state.name === 'refused');
  assert.equal(hub.state.code, 4429);
  assert.equal(hub.sockets.length, 1);
});
