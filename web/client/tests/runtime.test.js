// Other runtimes than this one. Each script is a process of its own.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import './websocket.js';
import { Battlehub } from '../battlehub.js';
import { Battle } from './battle.js';
import { Hub } from './hub.js';
import { jwt, jwtSecret } from './jwt.js';

const client = new URL('../battlehub.js', import.meta.url).href;

/** What a script prints until it ends by itself. */
async function run(script, ...args) {
  const options = process.versions.node < '22' ? ['--experimental-websocket', '--no-warnings'] : [];
  const child = spawn(process.execPath, [...options, '--input-type=module', '-e', script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (data) => (printed += data));
  const [code] = await once(child, 'close');
  assert.equal(code, 0);
  return printed.trim();
}

test('a process ends by itself once the client is closed', async (t) => {
  const server = await Hub.start(t, { jwtSecret });
  const printed = await run(`
    const { Battlehub } = await import('${client}');
    const hub = new Battlehub({ url: process.argv[1], token: () => process.argv[2] });
    hub.on('state', ({ name }) => name === 'live' && hub.close());
    for await (const event of hub.connect().events());
    console.log(hub.state.name);
  `, server.url, jwt({ seconds: 3600 }));
  assert.equal(printed, 'closed');
});

test('it needs nothing that React Native lacks', async (t) => {
  const server = await Hub.start(t, { jwtSecret });
  // A new context has what the language has, and what it is given: no URL, document, EventTarget, atob.
  const source = readFileSync(new URL(client), 'utf8').replace('export class Battlehub', 'globalThis.Battlehub = class');
  const context = createContext({ WebSocket, setTimeout, clearTimeout, setInterval, clearInterval, performance });
  runInContext(source, context);
  const hub = new context.Battlehub({ url: server.url, rooms: ['pk-1'], token: () => jwt() });
  t.after(() => hub.close());
  const events = hub.connect().events();
  await new Promise((resolve) => hub.on('state', ({ name }) => name === 'live' && resolve()));
  await new Battle(server, 'pk-1', 'pk-2').create();
  const { value } = await events.next();
  assert.equal(value.kind, 'created');
  assert.equal(hub.battles.size, 1);
});

test('where there is no WebSocket, it says what to do', () => {
  const there = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket');
  delete globalThis.WebSocket;
  try {
    const hub = new Battlehub({ url: 'http://localhost' }); // as a server that renders pages does
    assert.throws(() => hub.connect(), /WebSocket.*package ws/);
  } finally {
    Object.defineProperty(globalThis, 'WebSocket', there);
  }
});

test('the address may have a path, a query, or no slash at its end', async (t) => {
  for (const [url, address] of Object.entries({
    'http://hub': 'ws://hub/v1/ws?',
    'https://hub.example.com': 'wss://hub.example.com/v1/ws?',
    'HTTPS://hub:8443/': 'wss://hub:8443/v1/ws?',
    'https://hub/sub/path/': 'wss://hub/sub/path/v1/ws?',
    'https://hub/sub/page.html?q=a/b#c/d': 'wss://hub/sub/v1/ws?',
    'https://hub?q=a/b': 'wss://hub/v1/ws?',
    'ws://[::1]:8080/': 'ws://[::1]:8080/v1/ws?',
  })) {
    for (const given of [url, new URL(url)]) {
      const asked = await new Promise((resolve) => {
        class WebSocket {
          constructor(opened) {
            resolve(opened);
          }
          close() {}
        }
        const hub = new Battlehub({ url: given, WebSocket }).connect();
        t.after(() => hub.close());
      });
      assert.equal(asked.toLowerCase(), address, url);
    }
  }
  for (const url of [undefined, '', 'hub.example.com', 'ftp://hub', '/hub/']) assert.throws(() => new Battlehub({ url }), /url: .*https:/);
});
