import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { follow } from './follow.js';
import { Hub } from './hub.js';
import { jwt, jwtSecret } from './jwt.js';
import { Network } from './network.js';

mock.method(Math, 'random', () => 0.01); // how long the client waits is tested where it matters

test('the token function is asked anew for every connection, and its token offered as a subprotocol', async (t) => {
  const server = await Hub.start(t, { jwtSecret });
  const network = await Network.start(t, server);
  const given = [jwt({ user: 'ann' }), jwt({ user: '안나' })];
  for (const kind of ['sync', 'async']) {
    const left = [...given];
    const token = kind === 'sync' ? () => left.shift() : async () => left.shift();
    const hub = follow(t, { url: network.url, token }).connect();
    await hub.until(() => hub.state.name === 'live');
    network.cut();
    await hub.until(() => hub.state.name === 'waiting');
    await hub.until(() => hub.state.name === 'live');
    const offered = hub.sockets.map(({ asked }) => asked.protocols);
    assert.deepEqual(offered, given.map((text) => ['battlehub.v1', `bearer.${text}`]), kind);
    assert.equal(hub.sockets[1].protocol, 'battlehub.v1', 'and never echoed');
    hub.close();
  }
});

test('a token that cannot be had is tried for again', async (t) => {
  t.mock.method(Math, 'random', () => 0);
  const server = await Hub.start(t, { jwtSecret });
  const fail = () => {
    throw new Error('the token service is down');
  };
  for (const failing of [fail, async () => fail()]) {
    let asked = 0;
    const hub = follow(t, { url: server.url, token: () => (asked++ === 0 ? failing() : jwt()) }).connect();
    await hub.until(() => hub.state.name === 'live');
    assert.match(hub.errors[0].message, /token service is down/);
    assert.deepEqual(hub.states, ['connecting', 'waiting', 'connecting', 'catching_up', 'live']);
    assert.equal(hub.sockets.length, 1);
  }
});

test('while the token is awaited nothing else is opened', async (t) => {
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  globalThis.document = document;
  t.after(() => delete globalThis.document);
  const server = await Hub.start(t, { jwtSecret });
  const asked = [];
  const hub = follow(t, { url: server.url, rooms: ['pk-1'], token: () => new Promise((resolve) => asked.push(resolve)) }).connect();
  hub.connect();
  hub.subscribe(['pk-2']);
  await hub.refresh();
  document.dispatchEvent(new Event('visibilitychange'));
  assert.equal(hub.state.name, 'connecting');
  assert.equal(asked.length, 1);
  asked[0](jwt());
  await hub.until(() => hub.state.name === 'live');
  assert.equal(hub.sockets.length, 1);
  assert.deepEqual(hub.hello.rooms, ['pk-1', 'pk-2']);
});

test('a client closed while it waits for its token opens nothing, also if it was opened again', async (t) => {
  const server = await Hub.start(t, { jwtSecret });
  const asked = [];
  const hub = follow(t, { url: server.url, token: () => new Promise((resolve) => asked.push(resolve)) }).connect();
  hub.close();
  asked[0](jwt());
  await hub.until(() => hub.state.name === 'closed');
  hub.connect();
  asked[1](jwt());
  await hub.until(() => hub.state.name === 'live');
  assert.equal(hub.sockets.length, 1);
  hub.close();
  hub.connect();
  hub.close();
  asked[2](Promise.reject(new Error('too late to matter')));
  const witness = follow(t, { url: server.url, token: jwt() }).connect();
  await witness.until(() => witness.state.name === 'live');
  assert.equal(hub.sockets.length, 1);
  assert.equal(hub.state.name, 'closed');
  assert.deepEqual(hub.errors, []);
});

test('an owner who hands over a UserSig names it so', async (t) => {
  const server = await Hub.start(t, { jwtSecret });
  const hub = follow(t, { url: server.url, token: 'usersig.1400000000.ann.eJw' }).connect();
  await hub.until(() => hub.state.name === 'refused');
  assert.equal(hub.sockets[0].asked.protocols[1], 'usersig.1400000000.ann.eJw');
});
