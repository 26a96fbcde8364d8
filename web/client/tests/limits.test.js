// More than the hub gives: it says so, and the client comes back when it may.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Battle } from './battle.js';
import { follow } from './follow.js';
import { Hub } from './hub.js';
import { jwt, jwtSecret } from './jwt.js';

for (const [flag, status] of Object.entries({ 'max-per-ip': 429, 'max-per-user': 429, 'max-sessions': 503 })) {
  test(`too many sessions (--${flag}, ${status}): the client waits for a place, ever longer`, async (t) => {
    t.mock.method(Math, 'random', () => 0.005);
    const server = await Hub.start(t, { jwtSecret, limits: { [flag]: '1' } });
    const first = follow(t, { url: server.url, token: jwt() }).connect();
    await first.until(() => first.state.name === 'live');
    const second = follow(t, { url: server.url, token: jwt() });
    const delays = [];
    second.on('state', ({ name, retryAt, since }) => name === 'waiting' && delays.push(Math.round(retryAt - since)));
    second.connect();
    await second.until(() => delays.length === 4);
    assert.deepEqual(delays, [25, 50, 100, 150]);
    assert.deepEqual(second.errors, []);
    first.close();
    await second.until(() => second.state.name === 'live');
    assert.ok(!second.states.includes('refused'));
  });
}

test('too many reads: rooms are asked for again, by themselves, when the hub said', async (t) => {
  const server = await Hub.start(t, { jwtSecret, limits: { 'max-reads': '30' } });
  const token = jwt();
  const hub = follow(t, { url: server.url, rooms: ['pk-1'], token }).connect();
  await hub.until(() => hub.state.name === 'live');
  const battle = await new Battle(server, 'pk-2', 'pk-20').create();
  const headers = { authorization: `Bearer ${token}` };
  while ((await fetch(`${server.url}v1/battles`, { headers })).status === 200);
  hub.subscribe(['pk-2']);
  const asked = Date.now();
  await hub.until(() => hub.errors.length > 0);
  const [{ code, retry_ms }] = hub.errors;
  assert.equal(code, 'too_many');
  assert.ok(retry_ms > 0);
  hub.subscribe(['pk-3']);
  assert.equal(hub.sockets[0].sent.length, 1, 'nothing more is asked meanwhile');
  await hub.until(() => hub.battles.has(battle.id));
  assert.ok(Date.now() - asked >= retry_ms - 5, 'not before it may');
  assert.deepEqual(hub.sockets[0].sent[1].rooms, ['pk-2', 'pk-3']);
  assert.equal(hub.sockets.length, 1);
});
