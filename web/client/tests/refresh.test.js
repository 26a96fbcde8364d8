// Tokens that run out, and that are replaced before.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Battle } from './battle.js';
import { follow } from './follow.js';
import { Hub } from './hub.js';
import { jwt, jwtSecret } from './jwt.js';

/** Leaves the client's timers to the test. */
function timers(t) {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  return mock.timers;
}

const sent = (hub) => hub.sockets.flatMap((socket) => socket.sent);
/** Waits until the server has taken so many tokens in place. */
const taken = (hub, count) => hub.until(() => hub.frames.filter((type) => type === 'subscribed').length === count);

test('a token is replaced in place before it expires', async (t) => {
  const server = await Hub.start(t, { jwtSecret });
  const time = timers(t);
  t.mock.method(Math, 'random', () => 0.5);
  const given = [];
  const token = async () => {
    given.push(jwt({ user: '안나', seconds: 100 }));
    return given.at(-1);
  };
  const hub = follow(t, { url: server.url, token }).connect();
  await hub.until(() => hub.state.name === 'live');
  for (const round of [1, 2]) {
    time.tick(79_000);
    assert.equal(sent(hub).length, round - 1, 'not before four fifths of its time');
    time.tick(2_000);
    await taken(hub, round);
    assert.deepEqual(sent(hub).at(-1), { type: 'auth', token: given[round] });
  }
  assert.equal(sent(hub).length, 2);
  assert.equal(hub.sockets.length, 1);
  assert.deepEqual(hub.errors, []);
  assert.deepEqual(hub.states, ['connecting', 'catching_up', 'live']);
});

test('refresh gives the session the new token at once, and the rooms that it grants', async (t) => {
  const server = await Hub.start(t, { jwtSecret });
  const battle = await new Battle(server, 'pk-2', 'pk-9').create();
  const grants = [['pk-1'], ['pk-1', 'pk-2'], ['pk-1']];
  const hub = follow(t, { url: server.url, token: () => jwt({ rooms: grants.shift() }) }).connect();
  await hub.until(() => hub.state.name === 'live');
  assert.equal(hub.battles.size, 0);
  await hub.refresh();
  await hub.until(() => hub.battles.has(battle.id));
  await hub.refresh();
  await hub.until(() => hub.battles.size === 0);
  assert.equal(hub.sockets.length, 1);
  assert.deepEqual(hub.errors, []);
});

test('a token that the hub does not take for another is told, and the session goes on', async (t) => {
  const server = await Hub.start(t, { jwtSecret });
  const given = [jwt({ user: 'ann' }), jwt({ user: 'bob' }), 'no token'];
  const hub = follow(t, { url: server.url, token: () => given.shift() }).connect();
  await hub.until(() => hub.state.name === 'live');
  await hub.refresh();
  await hub.until(() => hub.errors.length === 1);
  await hub.refresh();
  await hub.until(() => hub.errors.length === 2);
  assert.deepEqual(hub.errors.map(({ code }) => code), ['forbidden', 'unauthenticated']);
  assert.equal(hub.state.name, 'live');
});

test('a token function that fails is asked again while the old token lasts', async (t) => {
  const server = await Hub.start(t, { jwtSecret });
  const time = timers(t);
  let asked = 0;
  const token = () => {
    if (++asked === 2) throw new Error('the token service is down');
    return jwt({ seconds: 100 });
  };
  const hub = follow(t, { url: server.url, token }).connect();
  await hub.until(() => hub.state.name === 'live');
  time.tick(90_001);
  await hub.until(() => hub.errors.length === 1);
  assert.equal(hub.state.name, 'live');
  assert.equal(sent(hub).length, 0);
  time.tick(90_001);
  await taken(hub, 1);
  assert.equal(asked, 3);
});

test('a token that is renewed with none that lasts longer brings no storm', async (t) => {
  const server = await Hub.start(t, { jwtSecret });
  const time = timers(t);
  const cached = jwt({ seconds: 30 });
  let asked = 0;
  const hub = follow(t, { url: server.url, token: () => (asked++, cached) }).connect();
  await hub.until(() => hub.state.name === 'live');
  for (let second = 0; second < 60; second++) {
    time.tick(1_000);
    await taken(hub, asked - 1);
  }
  assert.ok(asked <= 12, `asked ${asked} times in a minute`);
});

test('a token that lasts for years, or that does not tell, needs no timer', async (t) => {
  const server = await Hub.start(t, { jwtSecret });
  const time = timers(t);
  const hub = follow(t, { url: server.url, token: () => jwt({ seconds: 3 * 365 * 86_400 }) }).connect();
  await hub.until(() => hub.state.name === 'live');
  time.tick(2 ** 31 - 1);
  await hub.until(() => hub.state.name === 'live');
  assert.equal(sent(hub).length, 0);
});

test('after its token expired a client comes back with a new one, and resumes', async (t) => {
  t.mock.method(Math, 'random', () => 0);
  const server = await Hub.start(t, { jwtSecret });
  const given = [jwt({ seconds: 1 }), jwt()];
  const hub = follow(t, { url: server.url, token: () => given.shift() }).connect();
  const waits = [];
  hub.on('state', (state) => state.name === 'waiting' && waits.push(state));
  await hub.until(() => hub.state.name === 'live');
  await hub.until(() => hub.sockets.length === 2 && hub.state.name === 'live');
  assert.equal(waits.length, 1);
  assert.equal(waits[0].code, 4401);
  assert.equal(hub.hello.resumed, true);
});

test('an expired session ends if there is no function to ask', async (t) => {
  const server = await Hub.start(t, { jwtSecret });
  const hub = follow(t, { url: server.url, token: jwt({ seconds: 1 }) }).connect();
  await hub.until(() => hub.state.name === 'live');
  await hub.until(() => hub.state.name === 'refused');
  assert.equal(hub.state.code, 4401);
  assert.equal(hub.sockets.length, 1);
});

test('after close nothing is refreshed', async (t) => {
  const server = await Hub.start(t, { jwtSecret });
  const time = timers(t);
  let deliver;
  const given = [jwt({ seconds: 100 }), new Promise((resolve) => (deliver = resolve))];
  const hub = follow(t, { url: server.url, token: () => given.shift() }).connect();
  await hub.until(() => hub.state.name === 'live');
  const refreshed = hub.refresh();
  hub.close();
  deliver(jwt());
  await refreshed;
  time.tick(3_600_000);
  await hub.refresh();
  assert.equal(sent(hub).length, 0);
  assert.deepEqual(given, []);
});
