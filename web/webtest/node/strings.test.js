// No text is missing in any language, and what builds a text takes the same in all.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { LANGUAGES, pick } from '../../dashboard/language.js';
import { texts } from '../../dashboard/strings.js';

const { en } = texts;

/** Every text by its path: its kind, and what it takes. */
function shape(value, path = 't') {
  if (typeof value !== 'object') return { [path]: typeof value === 'function' ? `takes ${value.length}` : typeof value };
  return Object.assign({}, ...Object.entries(value).map(([key, inner]) => shape(inner, `${path}.${key}`)));
}

test('every language has every text', () => {
  assert.deepEqual(Object.keys(texts).sort(), Object.keys(LANGUAGES).sort());
  for (const [language, text] of Object.entries(texts)) assert.deepEqual(shape(text), shape(en), language);
});

test('no text is empty or left in English', () => {
  const same = new Set(['t.searchHint']);
  const at = (root, path) => path.split('.').slice(1).reduce((value, key) => value[key], root);
  for (const path of Object.keys(shape(en))) {
    for (const language of Object.keys(texts)) {
      const text = at(texts[language], path);
      if (typeof text !== 'string') continue;
      assert.notEqual(text.trim(), '', `${language} ${path}`);
      if (language !== 'en' && !same.has(path)) assert.notEqual(text, at(en, path), `${language} ${path} is the English text`);
    }
  }
});

test('what the modules ask for is there, and what is there is asked for', async () => {
  const folder = new URL('../../dashboard/', import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.js') && name !== 'strings.js');
  const source = (await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')))).join('\n');
  const asked = new Set([...source.matchAll(/(?<![\w.])t\.(\w+)/g)].map(([, key]) => key));
  assert.deepEqual([...asked].filter((key) => !Object.hasOwn(en, key)), [], 'asked for and missing');
  assert.deepEqual(Object.keys(en).filter((key) => !asked.has(key)), [], 'never asked for');
});

test('the language is the first that there is', () => {
  for (const [tags, want] of [
    [[null, undefined, 'ko-KR', 'en'], 'ko'],
    [['fr', 'zh-Hans-CN', 'en-US'], 'zh'],
    [['EN-gb'], 'en'],
    [['fr', 'de'], 'en'],
    [['constructor', '__proto__', ''], 'en'],
    [[], 'en'],
  ]) assert.equal(pick(tags), want, String(tags));
});
