// Events read by for await.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Battle } from './battle.js';
import { follow } from './follow.js';
import { Hub } from './hub.js';

/** Reads on until the client is closed. */
async function rest(events) {
  const read = [];
  for await (const event of events) read.push(event);
  return read;
}

test('for await reads each event once, in order, from when it was asked for', async (t) => {
  const server = await Hub.start(t);
  const hub = follow(t, { url: server.url });
  const events = hub.events(); // also before there is a connection
  hub.connect();
  await hub.until(() => hub.state.name === 'live');
  const battle = await new Battle(server, 'pk-3', 'pk-5').create();
  await hub.until(() => hub.told.length === 1);
  const read = [];
  for await (const { kind, battle: { id } } of events) {
    read.push([kind, id]);
    if (kind === 'created') await battle.start();
    if (kind === 'started') await battle.end(1, 2);
    if (kind === 'ended') break;
  }
  assert.deepEqual(read, ['created', 'started', 'ended'].map((kind) => [kind, battle.id]));
  assert.deepEqual(await events.next(), { value: undefined, done: true }, 'the loop was left');
  assert.equal(hub.state.name, 'live', 'and the client goes on');
});

test('the loops end when the client is closed, after what had come', async (t) => {
  const server = await Hub.start(t);
  const hub = follow(t, { url: server.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  const [waiting, late] = [hub.events(), hub.events()];
  const one = rest(waiting);
  await new Battle(server, 'pk-3', 'pk-5').create();
  await hub.until(() => hub.told.length === 1);
  hub.close();
  hub.connect();
  await hub.until(() => hub.state.name === 'live');
  await new Battle(server, 'pk-4', 'pk-6').create();
  await hub.until(() => hub.told.length === 2);
  assert.deepEqual(await one, hub.told.slice(0, 1));
  assert.deepEqual(await rest(late), hub.told.slice(0, 1));
});

test('a loop that waits can be ended, and one that never began', async (t) => {
  const server = await Hub.start(t);
  const hub = follow(t, { url: server.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  const [waiting, idle] = [hub.events(), hub.events()];
  const [loop, another] = [rest(waiting), waiting.next()];
  await waiting.return();
  await idle.return();
  await new Battle(server, 'pk-3', 'pk-5').create();
  await hub.until(() => hub.told.length === 1);
  assert.deepEqual(await loop, []);
  assert.deepEqual(await another, { done: true, value: undefined });
  assert.deepEqual(await idle.next(), { done: true, value: undefined });
});

test('a loop is told of a gap', async (t) => {
  const server = await Hub.start(t); // in memory: a restart begins a new history
  const hub = follow(t, { url: server.url }).connect();
  const read = rest(hub.events());
  await hub.until(() => hub.state.name === 'live');
  await server.end('SIGKILL');
  await server.start();
  hub.connect();
  await hub.until(() => hub.gaps.length === 1 && hub.state.name === 'live');
  await new Battle(server, 'pk-3', 'pk-5').create();
  await hub.until(() => hub.told.length === 1);
  hub.close();
  assert.deepEqual((await read).map(({ type, reason, kind }) => [type, reason ?? kind]), [['gap', 'rewritten'], ['event', 'created']]);
});

test('a loop that is far too slow takes bounded memory, and is told of the gap', async (t) => {
  const server = await Hub.start(t);
  let copies = 0;
  // Each event many times over, as if there were as many.
  const deliver = (frame, message) => {
    if (frame.type !== 'event') return [message];
    return Array.from({ length: 3_000 }, () => ({ data: JSON.stringify({ ...frame, id: `copy ${++copies}` }) }));
  };
  const hub = follow(t, { url: server.url }, { deliver }).connect();
  await hub.until(() => hub.state.name === 'live');
  const events = hub.events();
  const battle = await new Battle(server, 'pk-3', 'pk-5').create();
  await battle.start();
  await battle.end(1, 2);
  await hub.until(() => hub.told.length === 9_000);
  hub.close();
  const read = await rest(events);
  assert.deepEqual(read[0], { type: 'gap', reason: 'lagged' });
  assert.ok(read.length <= 4_100, `${read.length} events were kept`);
  assert.deepEqual(read.slice(1).map(({ id }) => id), hub.told.slice(1 - read.length).map(({ id }) => id), 'the newest');
  assert.equal(hub.battles.get(battle.id).state, 'ended');
});

test('countdowns are by the server’s clock', async (t) => {
  const server = await Hub.start(t);
  const battle = new Battle(server, 'pk-3', 'pk-5');
  const before = Date.now();
  t.mock.method(Date, 'now', () => before - 86_400_000);
  const hub = follow(t, { url: server.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  await battle.create();
  await hub.until(() => hub.battles.get(battle.id)?.state === 'pending');
  const left = () => hub.countdown(hub.battles.get(battle.id));
  assert.ok(left() > 0 && left() <= 30_000, `to answer: ${left()} ms`);
  await battle.start();
  await hub.until(() => hub.battles.get(battle.id).state === 'live');
  assert.ok(left() > 30_000 && left() <= 60_000, `to its end: ${left()} ms`);
  const now = performance.now();
  t.mock.method(performance, 'now', () => now + 61_000);
  assert.equal(left(), 0, 'and never less than none');
  await battle.end(1, 2);
  await hub.until(() => hub.battles.get(battle.id).state === 'ended');
  assert.ok(Number.isNaN(left()), 'nothing is awaited any more');
});
