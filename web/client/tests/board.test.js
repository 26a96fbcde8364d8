import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Battle } from './battle.js';
import { follow, kinds } from './follow.js';
import { Hub } from './hub.js';
import { Network } from './network.js';

mock.method(Math, 'random', () => 0.01); // how long the client waits is tested where it matters

test('the board is there from the snapshot on and follows every event', async (t) => {
  const server = await Hub.start(t);
  const before = await new Battle(server, 'pk-1', 'pk-2').create();
  const hub = follow(t, { url: server.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  assert.deepEqual([...hub.battles.keys()], [before.id]);
  assert.deepEqual(hub.told, [], 'a snapshot is no event');

  const battle = await new Battle(server, 'pk-3', 'pk-5').create();
  await battle.start();
  await battle.end(12, 34);
  await hub.until(() => hub.battles.get(battle.id)?.state === 'ended');
  assert.deepEqual(kinds(hub), ['created', 'started', 'ended']);
  assert.equal(hub.battles.get(battle.id).winner, 'pk-5');
  assert.deepEqual(hub.battles, await server.battles());
  assert.deepEqual(hub.states, ['connecting', 'catching_up', 'live']);
});

test('only the battles of the rooms asked for are followed', async (t) => {
  const server = await Hub.start(t);
  await new Battle(server, 'pk-1', 'pk-2').create();
  const mine = await new Battle(server, 'pk-3', 'pk-5').create();
  const hub = follow(t, { url: server.url, rooms: ['pk-5'] }).connect();
  await hub.until(() => hub.state.name === 'live');
  assert.deepEqual([...hub.battles.keys()], [mine.id]);
  await new Battle(server, 'pk-1', 'pk-2').create();
  await mine.start();
  await hub.until(() => hub.told.length > 0);
  assert.equal(hub.told[0].battle.id, mine.id);
});

test('an event amid a snapshot is not lost', async (t) => {
  const server = await Hub.start(t);
  const before = await new Battle(server, 'pk-1', 'pk-2').create();
  let page;
  const hub = follow(t, { url: server.url }, {
    deliver(frame, message) {
      if (frame.type !== 'snapshot') return frame.type === 'event' ? [message, page] : [message];
      page = message;
      return [];
    },
  }).connect();
  await hub.until(() => hub.state.name === 'catching_up');
  const amid = await new Battle(server, 'pk-3', 'pk-5').create();
  await hub.until(() => hub.state.name === 'live');
  assert.deepEqual([...hub.battles.keys()].sort(), [before.id, amid.id].sort());
});

test('an event amid a snapshot is no place to resume from', async (t) => {
  const server = await Hub.start(t);
  const network = await Network.start(t, server);
  const before = await new Battle(server, 'pk-1', 'pk-2').create();
  const hub = follow(t, { url: network.url }, {
    deliver: ({ type }, message) => (type === 'snapshot' && hub.sockets.length === 1 ? [] : [message]),
  }).connect();
  await hub.until(() => hub.state.name === 'catching_up');
  const amid = await new Battle(server, 'pk-3', 'pk-5').create();
  await hub.until(() => hub.told.length === 1);
  network.cut();
  await hub.until(() => hub.state.name === 'live');
  assert.deepEqual([...hub.battles.keys()].sort(), [before.id, amid.id].sort());
});

test('an ended battle leaves when its time has come', async (t) => {
  const server = await Hub.start(t);
  const open = await new Battle(server, 'pk-1', 'pk-2').create();
  const early = await new Battle(server, 'pk-3', 'pk-5').end(1, 2);
  const pass = clockwork(t);
  const hub = follow(t, { url: server.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  const late = await new Battle(server, 'pk-3', 'pk-5').end(1, 2);
  await hub.until(() => hub.battles.size === 3);

  pass(Date.parse(hub.battles.get(early.id).leaves_at) - hub.now() - 1);
  assert.equal(hub.battles.size, 3, 'not before');
  pass(2);
  assert.deepEqual([...hub.battles.keys()], [open.id, late.id]);
  hub.close();
  hub.connect();
  await hub.until(() => hub.state.name === 'live');
  pass(Date.parse(hub.battles.get(late.id).leaves_at) - hub.now() + 1);
  assert.deepEqual([...hub.battles.keys()], [open.id]);
  assert.deepEqual(hub.sizes.slice(-2), [2, 1], 'and the page is told');
  assert.equal(hub.hello.resumed, true, 'also after a resume');
});

/**
 * Stops the monotonic clock, by which the server's time is told. What it returns lets that many milliseconds
 * pass at once, and the client look at its board.
 */
function clockwork(t) {
  let now = performance.now();
  t.mock.method(performance, 'now', () => now);
  mock.timers.enable({ apis: ['setInterval'] });
  t.after(() => mock.timers.reset());
  return (ms) => {
    now += ms;
    mock.timers.tick(5_000);
  };
}

test('a repeated event is told once', async (t) => {
  const server = await Hub.start(t);
  const hub = follow(t, { url: server.url }, {
    deliver: ({ type }, message) => (type === 'event' ? [message, message] : [message]),
  }).connect();
  await hub.until(() => hub.state.name === 'live');
  const battle = await new Battle(server, 'pk-3', 'pk-5').create();
  await battle.start();
  await battle.end(1, 1);
  await hub.until(() => hub.battles.get(battle.id)?.state === 'ended');
  assert.deepEqual(kinds(hub), ['created', 'started', 'ended']);
});

test('the clock is the server’s, whatever the local one says', async (t) => {
  const server = await Hub.start(t);
  const before = Date.now();
  t.mock.method(Date, 'now', () => before - 86_400_000);
  const hub = follow(t, { url: server.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  assert.ok(Math.abs(hub.now() - before) < 60_000, `${new Date(hub.now()).toISOString()}`);
});

test('a listener that fails disturbs neither the others nor the client', async (t) => {
  const server = await Hub.start(t);
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const hub = follow(t, { url: server.url });
  let calls = 0;
  const stop = hub.on('battles', () => {
    calls++;
    throw new Error('of the listener');
  });
  hub.connect();
  await hub.until(() => hub.state.name === 'live');
  assert.throws(() => mock.timers.tick(1), /of the listener/, 'it is reported');
  stop();
  await new Battle(server, 'pk-3', 'pk-5').create();
  await hub.until(() => hub.told.length === 1);
  assert.equal(calls, 1, 'and no longer called');
});

test('after a gap the board is replaced at once, and never empty in between', async (t) => {
  const server = await Hub.start(t); // in memory: a restart begins a new history
  const network = await Network.start(t, server);
  await new Battle(server, 'pk-1', 'pk-2').create();
  await new Battle(server, 'pk-3', 'pk-5').create();
  mock.timers.enable({ apis: ['setTimeout'] }); // it comes back when it is told to
  t.after(() => mock.timers.reset());
  const hub = follow(t, { url: network.url }).connect();
  await hub.until(() => hub.state.name === 'live');

  await server.end('SIGKILL');
  await server.start();
  const other = await new Battle(server, 'pk-7', 'pk-8').create();
  hub.connect();
  await hub.until(() => hub.states.at(-1) === 'live' && hub.battles.has(other.id));
  assert.deepEqual(hub.gaps.length, 1);
  assert.deepEqual([...hub.battles.keys()], [other.id]);
  assert.ok(!hub.sizes.includes(0), `sizes ${hub.sizes}`);
});
