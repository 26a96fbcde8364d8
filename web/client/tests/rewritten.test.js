import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Battle } from './battle.js';
import { follow, kinds } from './follow.js';
import { Hub } from './hub.js';
import { Redis } from './redis.js';

test('when the log is rewritten the socket stays, and no battle is told of twice', async (t) => {
  const redis = await Redis.start(t);
  const server = await Hub.start(t, { redis: redis.url });
  const hub = follow(t, { url: server.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  const lost = await new Battle(server, 'pk-3', 'pk-5').create();
  await lost.start();
  await hub.until(() => hub.told.length === 2);

  await redis.do('FLUSHALL'); // the hub gives it back what it had
  await hub.until(() => hub.gaps.length === 1 && hub.state.name === 'live' && hub.battles.size === 1);
  await lost.end(3, 4);
  const next = await new Battle(server, 'pk-3', 'pk-6').create();
  await hub.until(() => hub.told.length === 4);
  assert.deepEqual(hub.gaps, ['rewritten']);
  assert.deepEqual(kinds(hub), ['created', 'started', 'ended', 'created']);
  assert.deepEqual([...hub.battles.keys()].sort(), [lost.id, next.id].sort());
  assert.deepEqual(hub.battles, await server.battles());
  assert.equal(hub.sockets.length, 1);
});
