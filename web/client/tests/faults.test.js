// Events flow on while something breaks. In the end nobody lost or doubled anything.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Battle } from './battle.js';
import { follow } from './follow.js';
import { Hub } from './hub.js';
import { Network } from './network.js';
import { Redis } from './redis.js';

const BATTLES = 12;

/** Lets battles happen one after the other, and the fault between their packets. */
async function battles(server, fault) {
  const ids = [];
  for (let i = 0; i < BATTLES; i++) {
    const battle = await new Battle(server(), `pk-${i}`, 'pk-100').create();
    if (i % 4 === 1) await fault();
    battle.at(server());
    await battle.start();
    if (i % 4 === 3) await fault();
    battle.at(server());
    await battle.end(i, 5);
    ids.push(battle.id);
  }
  return ids;
}

/** The client was told everything once, each battle's in order, and its board is the hub's. */
async function assertWhole(hub, server, ids) {
  await hub.until(() => hub.state.name === 'live' && hub.told.length >= 3 * BATTLES);
  for (const id of ids) {
    const told = hub.told.filter(({ battle }) => battle.id === id).map(({ kind }) => kind);
    assert.deepEqual(told, ['created', 'started', 'ended']);
  }
  assert.equal(hub.told.length, 3 * BATTLES);
  assert.deepEqual(hub.gaps, []);
  assert.deepEqual(hub.battles, await server.battles());
}

test('the network is cut again and again', async (t) => {
  t.mock.method(Math, 'random', () => 0.01);
  const server = await Hub.start(t);
  const network = await Network.start(t, server);
  const hub = follow(t, { url: network.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  let cuts = 0;
  const ids = await battles(() => server, async () => {
    await hub.until(() => hub.state.name === 'live');
    network.cut();
    cuts++;
    await hub.until(() => hub.state.name === 'waiting'); // what happens now it misses
  });
  await assertWhole(hub, server, ids);
  assert.equal(hub.sockets.length, cuts + 1);
});

test('the server is killed and restarted again and again', async (t) => {
  t.mock.method(Math, 'random', () => 0.01);
  const server = await Hub.start(t, { disk: true });
  const hub = follow(t, { url: server.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  const ids = await battles(() => server, async () => {
    await server.end('SIGKILL');
    await server.start();
  });
  await assertWhole(hub, server, ids);
});

test('the client is switched from node to node', async (t) => {
  t.mock.method(Math, 'random', () => 0.01);
  const redis = await Redis.start(t);
  const nodes = await Promise.all(['one', 'two'].map((node) => Hub.start(t, { redis: redis.url, node })));
  const network = await Network.start(t, nodes[0]);
  const hub = follow(t, { url: network.url }).connect();
  const seen = new Set();
  hub.on('state', ({ name }) => name === 'live' && seen.add(hub.hello.node));
  await hub.until(() => hub.state.name === 'live');
  let at = 0;
  const ids = await battles(() => nodes[at], async () => {
    await nodes[at].end('SIGKILL');
    network.lead(nodes[1 - at]);
    await nodes[at].start();
    at = 1 - at;
    hub.connect();
    await hub.until(() => hub.state.name === 'live');
  });
  await assertWhole(hub, nodes[at], ids);
  assert.deepEqual([...seen].sort(), ['one', 'two']);
});
