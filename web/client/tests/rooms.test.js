import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Battle } from './battle.js';
import { follow } from './follow.js';
import { Hub } from './hub.js';
import { Network } from './network.js';

mock.method(Math, 'random', () => 0.01); // how long the client waits is tested where it matters

const asked = (socket) => socket.asked.url.searchParams.getAll('room').sort();

test('rooms come and go while connected', async (t) => {
  const server = await Hub.start(t);
  const one = await new Battle(server, 'pk-1', 'pk-10').create();
  const two = await new Battle(server, 'pk-2', 'pk-20').create();
  const both = await new Battle(server, 'pk-1', 'pk-2').create();
  const hub = follow(t, { url: server.url, rooms: ['pk-1'] }).connect();
  await hub.until(() => hub.state.name === 'live');
  assert.deepEqual([...hub.battles.keys()].sort(), [one.id, both.id].sort());

  hub.subscribe(['pk-2']);
  await hub.until(() => hub.battles.size === 3);
  await two.start();
  await hub.until(() => hub.battles.get(two.id).state === 'live');

  hub.unsubscribe(['pk-1']);
  await hub.until(() => hub.battles.size === 2);
  assert.deepEqual([...hub.battles.keys()].sort(), [two.id, both.id].sort());
  assert.equal(hub.sockets.length, 1);
  assert.deepEqual(hub.errors, []);
});

test('a reconnect asks for the rooms that came meanwhile', async (t) => {
  const server = await Hub.start(t);
  const network = await Network.start(t, server);
  const hub = follow(t, { url: network.url, rooms: ['pk-1'] }).connect();
  await hub.until(() => hub.state.name === 'live');
  const battle = await new Battle(server, 'pk-2', 'pk-20').create();
  hub.subscribe(['pk-2']);
  await hub.until(() => hub.battles.size === 1);
  network.cut();
  await hub.until(() => hub.state.name === 'waiting');
  await battle.start();
  await hub.until(() => hub.battles.get(battle.id).state === 'live');
  assert.deepEqual(asked(hub.sockets[1]), ['pk-1', 'pk-2']);
  assert.equal(hub.hello.resumed, true);
});

test('a subscription that a drop interrupted is made again', async (t) => {
  const server = await Hub.start(t);
  const network = await Network.start(t, server);
  const battle = await new Battle(server, 'pk-2', 'pk-20').create();
  let kept = 0;
  const hub = follow(t, { url: network.url, rooms: ['pk-1'] }, {
    deliver({ type }, message) {
      if (type !== 'snapshot' || ++kept !== 2) return [message];
      network.cut(); // confirmed, but its battles never came
      return [];
    },
  }).connect();
  await hub.until(() => hub.state.name === 'live');
  hub.subscribe(['pk-2']);
  await hub.until(() => hub.battles.has(battle.id));
  assert.deepEqual(asked(hub.sockets[1]), ['pk-1']);
  assert.deepEqual(hub.sockets[1].sent.map(({ type, rooms }) => [type, rooms]), [['subscribe', ['pk-2']]]);
});

test('rooms changed while disconnected are followed after it', async (t) => {
  const server = await Hub.start(t);
  const network = await Network.start(t, server);
  const kept = await new Battle(server, 'pk-1', 'pk-10').create();
  await new Battle(server, 'pk-2', 'pk-20').create();
  const added = await new Battle(server, 'pk-3', 'pk-30').create();
  const hub = follow(t, { url: network.url, rooms: ['pk-1', 'pk-2'] }).connect();
  await hub.until(() => hub.state.name === 'live');
  network.cut();
  await hub.until(() => hub.state.name === 'waiting');
  hub.unsubscribe(['pk-2']);
  hub.subscribe(['pk-3']);
  await hub.until(() => hub.battles.has(added.id));
  assert.deepEqual([...hub.battles.keys()].sort(), [kept.id, added.id].sort());
});

test('without rooms there is no connection, and none means none', async (t) => {
  const server = await Hub.start(t);
  const battle = await new Battle(server, 'pk-1', 'pk-10').create();
  const hub = follow(t, { url: server.url, rooms: ['pk-1'] }).connect();
  await hub.until(() => hub.battles.size === 1);
  hub.unsubscribe(['pk-1']);
  assert.equal(hub.state.name, 'idle');
  assert.equal(hub.battles.size, 0);
  hub.subscribe(['pk-10']);
  await hub.until(() => hub.battles.has(battle.id));
  assert.deepEqual(asked(hub.sockets[1]), ['pk-10']);
});

test('more rooms than one frame can name are followed all the same', async (t) => {
  const server = await Hub.start(t);
  const names = Array.from({ length: 200 }, (_, i) => `a room with a rather long name ${i}`);
  const hub = follow(t, { url: server.url, rooms: names }).connect();
  const first = await new Battle(server, names.at(-1), 'pk-1').create();
  await hub.until(() => hub.battles.has(first.id));
  const second = await new Battle(server, names.at(-2), 'pk-1').create();
  await hub.until(() => hub.battles.has(second.id));
  assert.ok(hub.sockets[0].sent.length > 0, 'it took several frames');
  assert.equal(hub.sockets.length, 1);
});

test('a room that the hub refuses is not asked for again', async (t) => {
  const server = await Hub.start(t);
  const hub = follow(t, { url: server.url, rooms: ['pk-1'] }).connect();
  await hub.until(() => hub.state.name === 'live');
  hub.subscribe(['x'.repeat(3_000)]);
  await hub.until(() => hub.errors.length === 1);
  assert.equal(hub.errors[0].code, 'bad_request');
  hub.subscribe(['pk-2']);
  const battle = await new Battle(server, 'pk-2', 'pk-20').create();
  await hub.until(() => hub.battles.has(battle.id));
  assert.equal(hub.sockets[0].sent.length, 2);
  assert.equal(hub.errors.length, 1);
});

test('what makes no sense is refused with a reason', () => {
  assert.throws(() => follow({ after() {} }, { url: 'http://localhost/', rooms: [] }), /at least one/);
  const all = follow({ after() {} }, { url: 'http://localhost/' });
  assert.throws(() => all.subscribe(['pk-1']), /follows all/);
  assert.throws(() => all.unsubscribe(['pk-1']), /follows all/);
});
