// The WebSocket of the package ws, for runtimes that have none.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { Battle } from '../battle.js';
import { follow } from '../follow.js';
import { Hub } from '../hub.js';
import { jwt, jwtSecret } from '../jwt.js';
import { Network } from '../network.js';
import { require } from './toolbox.js';

const WebSocket = require('ws');

test('ws will do', async (t) => {
  t.mock.method(Math, 'random', () => 0);
  const server = await Hub.start(t, { jwtSecret });
  const network = await Network.start(t, server);
  const hub = follow(t, { url: network.url, token: () => jwt(), WebSocket }).connect();
  await hub.until(() => hub.state.name === 'live');
  network.cut();
  await hub.until(() => hub.state.name === 'waiting');
  const battle = await new Battle(server, 'pk-1', 'pk-2').create();
  await hub.until(() => hub.battles.has(battle.id));
  hub.close();
});

test('ws throws nothing when it is closed while it connects', async (t) => {
  const server = createServer((socket) => t.after(() => socket.destroy())).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const hub = follow(t, { url: `http://127.0.0.1:${server.address().port}`, WebSocket }).connect();
  const [socket] = await once(server, 'connection');
  hub.close();
  await once(socket.resume(), 'close');
  assert.deepEqual(hub.states, ['connecting', 'closed']);
});
