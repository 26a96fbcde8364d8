// The hook of the README, as it is printed there.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import '../websocket.js';
import { Battle } from '../battle.js';
import { Hub } from '../hub.js';
import { require, tsc, workshop } from './toolbox.js';

const snippet = (file) => /^```jsx\n([^]*?)^```$/m.exec(readFileSync(new URL(file, import.meta.url), 'utf8'))?.[1];
const { createElement, Profiler } = require('react');
const { create } = require('react-test-renderer');

/** Compiles the snippet, which checks how it uses the types, and loads it. */
async function load() {
  const dir = workshop();
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
  writeFileSync(join(dir, 'battles.jsx'), snippet('../../README.md'));
  tsc(dir, '--strict', 'false', '--allowJs', '--checkJs', '--jsx', 'react-jsx', '--module', 'nodenext', '--outDir', 'out', 'battles.jsx');
  writeFileSync(join(dir, 'out/package.json'), '{"type":"module"}');
  return import(join(dir, 'out/battles.js'));
}

/** Renders a component. After every change the texts of its list are looked at, until they are as wanted. */
function render(t, component, props) {
  let look = () => {};
  const onRender = () => queueMicrotask(() => look());
  const profiled = (given) => createElement(Profiler, { id: 'battles', onRender }, createElement(component, given));
  const rendered = create(profiled(props));
  t.after(() => rendered.unmount());
  const texts = () => rendered.root.findAllByType('li').map(({ children }) => children.join(''));
  return {
    update: (given) => rendered.update(profiled(given)),
    until: (wanted) => new Promise((resolve) => (look = () => wanted(texts()) && resolve(texts()))),
  };
}

test('both READMEs have the same', () => {
  assert.ok(snippet('../../README.md'));
  assert.equal(snippet('../../../../README.md'), snippet('../../README.md'));
});

test('useBattles follows a room, and another one after that', async (t) => {
  const { Battles } = await load();
  const server = await Hub.start(t);
  const { url } = server;
  const page = render(t, Battles, { url, room: 'pk-3' });
  const battle = await new Battle(server, 'pk-3', 'pk-5').create();
  await new Battle(server, 'pk-7', 'pk-8').create();
  const [pending] = await page.until(([text]) => /pk-5.*pending/.test(text));
  await page.until(([text]) => /pk-5.*pending/.test(text) && text !== pending); // it counts down
  await battle.start();
  await page.until(([text]) => /pk-5.*live/.test(text));
  page.update({ url, room: 'pk-8' });
  const texts = await page.until(([text]) => /pk-7/.test(text));
  assert.equal(texts.length, 1);
});
