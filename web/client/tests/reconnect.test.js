import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Battle } from './battle.js';
import { follow, kinds } from './follow.js';
import { Hub } from './hub.js';
import { Network } from './network.js';

mock.method(Math, 'random', () => 0.01); // how long the client waits is tested where it matters

test('after a drop the client goes on where it was', async (t) => {
  const server = await Hub.start(t);
  const network = await Network.start(t, server);
  const hub = follow(t, { url: network.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  const battle = await new Battle(server, 'pk-3', 'pk-5').create();
  await hub.until(() => hub.told.length === 1);

  network.cut();
  await hub.until(() => hub.state.name === 'waiting');
  await battle.start();
  await battle.end(3, 4);
  await hub.until(() => hub.told.length === 3);
  assert.deepEqual(kinds(hub), ['created', 'started', 'ended']);
  assert.equal(hub.sockets[1].asked.url.searchParams.get('cursor'), hub.told[0].cursor);
  assert.equal(hub.hello.resumed, true);
  assert.deepEqual(hub.states.slice(3), ['waiting', 'connecting', 'live']);
  assert.deepEqual(hub.battles, await server.battles());
});

test('a restarted server is found again, and nothing is lost or doubled', async (t) => {
  const server = await Hub.start(t, { disk: true });
  const hub = follow(t, { url: server.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  const battle = await new Battle(server, 'pk-3', 'pk-5').create();
  await hub.until(() => hub.told.length === 1);
  await server.end('SIGKILL');
  await server.start();
  await battle.start();
  await hub.until(() => hub.told.length === 2);
  assert.deepEqual(kinds(hub), ['created', 'started']);
  assert.equal(hub.hello.resumed, true);
  assert.deepEqual(hub.battles, await server.battles());
});

test('a drop in the middle of a snapshot does not leave a hole', async (t) => {
  const server = await Hub.start(t);
  const network = await Network.start(t, server);
  const battle = await new Battle(server, 'pk-3', 'pk-5').create();
  let dropped = 0;
  const hub = follow(t, { url: network.url }, {
    deliver({ type }, message) {
      if (type !== 'snapshot' || dropped++) return [message];
      network.cut();
      return [];
    },
  }).connect();
  await hub.until(() => hub.state.name === 'live');
  assert.equal(hub.sockets[1].asked.url.searchParams.get('cursor'), null, 'the hello’s cursor did not count yet');
  assert.deepEqual([...hub.battles.keys()], [battle.id]);
});

test('a draining server says when to come back', async (t) => {
  const server = await Hub.start(t);
  let bye;
  const hub = follow(t, { url: server.url }, {
    deliver(frame, message) {
      if (frame.type === 'bye') bye = frame;
      return [message];
    },
  }).connect();
  await hub.until(() => hub.state.name === 'live');
  const ended = server.end('SIGTERM');
  await hub.until(() => hub.state.name === 'waiting');
  assert.equal(hub.state.chosen, true);
  assert.equal(hub.state.code, 1012);
  assert.equal(Math.round(hub.state.retryAt - hub.state.since), bye.reconnect_ms);
  await ended;
});

test('the first delay is up to 5 s, and later ones grow up to 30 s', async (t) => {
  const server = await Hub.start(t);
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  t.mock.method(Math, 'random', () => 0.999);
  let heartbeat = []; // what a heartbeat brings
  const hub = follow(t, { url: server.url }, {
    deliver: ({ type, cursor, server_time }, message) => {
      if (type === 'hello') heartbeat = [{ data: JSON.stringify({ type: 'bookmark', cursor, server_time }) }];
      return type === 'pong' ? heartbeat : [message];
    },
  }).connect();
  await hub.until(() => hub.state.name === 'live');
  await server.end('SIGKILL');
  const delays = [];
  for (let i = 0; i < 5; i++) {
    await hub.until(() => hub.state.name === 'waiting' && hub.sockets.length === i + 1);
    const delay = hub.state.retryAt - hub.state.since;
    delays.push(Math.round(delay));
    assert.equal(hub.state.chosen, false);
    mock.timers.tick(delay - 1);
    assert.equal(hub.sockets.length, i + 1, 'not before its time');
    mock.timers.tick(2);
  }
  assert.deepEqual(delays, [4995, 9990, 19980, 29970, 29970]);

  await hub.until(() => hub.state.name === 'waiting');
  await server.start();
  hub.connect();
  await hub.until(() => hub.state.name === 'live');
  const lost = async () => {
    await server.end('SIGKILL');
    await hub.until(() => hub.state.name === 'waiting');
    return Math.round(hub.state.retryAt - hub.state.since);
  };
  assert.equal(await lost(), 29970, 'a server may break under all that come back');
  await server.start();
  hub.connect();
  await hub.until(() => hub.state.name === 'live');
  hub.sockets.at(-1).send('{"type":"ping"}');
  await hub.until(() => hub.frames.at(-1) === 'pong');
  assert.equal(await lost(), 4995, 'once it lasted for a heartbeat it begins anew');
});

test('a refusal is final until something changes', async (t) => {
  const server = await Hub.start(t);
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const hub = follow(t, { url: server.url, rooms: ['pk-1'], app: 7 }).connect();
  await hub.until(() => hub.state.name === 'refused');
  assert.ok([4400, 4403].includes(hub.state.code), `code ${hub.state.code}`);
  assert.ok(hub.state.reason.length > 0);
  mock.timers.tick(3_600_000);
  assert.equal(hub.sockets.length, 1, 'it does not try again by itself');
  hub.subscribe(['pk-2']);
  assert.equal(hub.state.name, 'connecting', 'it does when the rooms change');
  await hub.until(() => hub.state.name === 'refused');
  hub.connect();
  await hub.until(() => hub.state.name === 'refused');
  assert.equal(hub.sockets.length, 3, 'and when it is told to');
});

test('a silent connection is given up', async (t) => {
  const server = await Hub.start(t);
  const network = await Network.start(t, server);
  mock.timers.enable({ apis: ['setInterval'] });
  t.after(() => mock.timers.reset());
  const hub = follow(t, { url: network.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  network.silence();
  const start = Date.now();
  t.mock.method(Date, 'now', () => start + hub.hello.heartbeat_ms + 9_000);
  mock.timers.tick(5_000);
  assert.equal(hub.state.name, 'live', 'a heartbeat may be late');
  t.mock.method(Date, 'now', () => start + hub.hello.heartbeat_ms + 70_000);
  mock.timers.tick(5_000);
  assert.equal(hub.state.name, 'waiting');
  assert.equal(hub.state.reason, 'silent');
  await hub.until(() => hub.state.name === 'live');
  assert.equal(hub.hello.resumed, true);
});

test('never are two sockets open', async (t) => {
  const server = await Hub.start(t);
  const hub = follow(t, { url: server.url }).connect();
  hub.connect();
  hub.connect();
  await hub.until(() => hub.state.name === 'live');
  hub.connect();
  assert.equal(hub.sockets.length, 1);
  hub.close();
  hub.connect();
  await hub.until(() => hub.state.name === 'live');
  assert.equal(hub.sockets.length, 2);
  assert.ok(hub.sockets[0].readyState >= WebSocket.CLOSING);
});

test('a listener may close the client at any moment, and nothing goes on', async (t) => {
  const server = await Hub.start(t);
  await new Battle(server, 'pk-1', 'pk-2').create();
  for (const moment of ['connecting', 'catching_up', 'battles', 'live']) {
    const hub = follow(t, { url: server.url });
    hub.on('state', ({ name }) => name === moment && hub.close());
    hub.on('battles', () => moment === 'battles' && hub.close());
    hub.connect();
    await hub.until(() => hub.state.name === 'closed' && hub.states.includes('closed'));
    const witness = follow(t, { url: server.url }).connect();
    await witness.until(() => witness.state.name === 'live');
    assert.equal(hub.states.at(-1), 'closed', `${moment}: ${hub.states}`);
    assert.equal(hub.sockets.length, moment === 'connecting' ? 0 : 1);
    assert.ok(hub.sockets.every(({ readyState }) => readyState >= WebSocket.CLOSING));
  }
});

test('closed is closed', async (t) => {
  const server = await Hub.start(t);
  const hub = follow(t, { url: server.url }).connect();
  await hub.until(() => hub.state.name === 'live');
  hub.close();
  await new Battle(server, 'pk-1', 'pk-2').create();
  const witness = follow(t, { url: server.url }).connect();
  await witness.until(() => witness.battles.size === 1);
  assert.equal(hub.state.name, 'closed');
  assert.equal(hub.battles.size, 0);
});
