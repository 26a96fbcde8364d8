// That the folder can be published as it is.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import './websocket.js';
import { Hub } from './hub.js';

const root = join(import.meta.dirname, '..');
const read = (name) => readFileSync(join(root, name), 'utf8');
const manifest = JSON.parse(read('package.json'));

/** Whether there is npm, to ask. */
function npm() {
  try {
    return Boolean(execFileSync('npm', ['--version']));
  } catch {
    return false;
  }
}

test('the client, as it is published and served, is less than 5,000 bytes', async (t) => {
  const server = await Hub.start(t);
  const response = await fetch(new URL('/client/battlehub.js', server.url));
  const source = await response.text();
  assert.equal(source, read('battlehub.js'));
  const size = gzipSync(source, { level: 9 }).length + 'battlehub.js\0'.length; // gzip -9 notes the name
  t.diagnostic(`${size} bytes`);
  assert.ok(size < 5_000, `${size} bytes`);
});

test('it depends on nothing', async () => {
  assert.doesNotMatch(read('battlehub.js'), /\bimport\b/);
  assert.deepEqual(Object.keys(manifest).filter((key) => /dependencies/i.test(key)), []);
  const { Battlehub } = await import('battlehub'); // by its name
  assert.equal(Battlehub, (await import('../battlehub.js')).Battlehub);
});

test('only what belongs is packed', { skip: !npm() && 'no npm on this machine' }, () => {
  const [packed] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--offline', '--ignore-scripts'], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] }));
  const names = packed.files.map(({ path }) => path).sort();
  assert.deepEqual(names, ['LICENSE', 'README.md', 'battlehub.d.ts', 'battlehub.js', 'package.json']);
  assert.equal(read('LICENSE'), read('../../LICENSE'));
});

test('the types tell of what there is, and of nothing else', async () => {
  const types = read(manifest.types);
  const exported = await import('battlehub');
  const classes = [...types.matchAll(/^export (?:class|function|const) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(classes, Object.keys(exported));

  const [, body] = types.match(/^export class Battlehub \{\n([^]*?)^\}/m);
  const declared = [...body.matchAll(/^  (?:readonly )?(\w+)[(<:]/gm)].map(([, name]) => name);
  const { Battlehub } = exported;
  const members = [...Object.getOwnPropertyNames(Battlehub.prototype), ...Object.keys(new Battlehub({ url: 'http://localhost' }))];
  assert.deepEqual(declared.sort(), members.sort());

  const [, events] = types.match(/^export interface Events \{\n([^]*?)^\}/m);
  const told = [...read('battlehub.js').matchAll(/#emit\('(\w+)'/g)].map(([, name]) => name);
  assert.deepEqual([...events.matchAll(/^  (\w+):/gm)].map(([, name]) => name).sort(), [...new Set(told)].sort());
});
