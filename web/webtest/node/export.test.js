// Exports: whatever foreign text is in them, CSV is read back as it was, and no cell is a formula.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csv, ndjson } from '../../dashboard/export.js';

const battle = (more) => ({ id: 'b1', app: 1, state: 'live', from: { room: 'pk-1', score: 0 }, to: [{ room: 'pk-2', score: 0 }], ...more });

/** Reads CSV by RFC 4180. */
function read(text) {
  const rows = [[]];
  const body = text.replace(/^\ufeff/, '');
  for (const [, quoted, plain, end] of body.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
  }
  assert.deepEqual(rows.pop(), [], 'the last line ends like the others');
  const [names, ...lines] = rows;
  for (const line of lines) assert.equal(line.length, names.length, 'every line has every cell');
  return lines.map((line) => Object.fromEntries(names.map((name, i) => [name, line[i]])));
}

test('a battle in CSV', () => {
  const ended = battle({
    state: 'ended', outcome: 'time_up', winner: 'pk-2', needs_response: false, duration_ms: 60000, ended_at: '2026-11-23T17:51:55.000Z',
    to: [{ room: 'pk-2', owner: 'ann', score: 7, joined: true }, { room: 'pk-3', score: 0, joined: false }],
  });
  const [first, second] = read(csv([battle(), ended]));
  assert.equal(first.outcome, '');
  assert.equal(first.to2_room, '');
  assert.deepEqual([second.outcome, second.winner, second.needs_response, second.duration_ms, second.ended_at], ['time_up', 'pk-2', 'false', '60000', '2026-11-23T17:51:55.000Z']);
  assert.deepEqual([second.to1_owner, second.to1_score, second.to1_joined, second.to2_room, second.to2_joined], ['ann', '7', 'true', 'pk-3', 'false']);
  assert.equal(read(csv([])).length, 0);
});

test('foreign text', () => {
  for (const text of ['a,b', 'say "hi"', 'two\r\nlines', '名前', '"', ',', '\n', 'a\ufeffb']) {
    assert.equal(read(csv([battle({ operator: text })]))[0].operator.replace(/^'/, ''), text);
  }
});

test('nothing is a formula', () => {
  for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠1', '=HYPERLINK("http://x","y")', '+/base64==']) {
    const hostile = battle({ id: text, operator: text, extension: text, winner: text, from: { room: text, owner: text, score: -5 }, to: [{ room: text, owner: text, score: 0 }] });
    for (const [name, value] of Object.entries(read(csv([hostile]))[0])) {
      if (!name.endsWith('score')) assert.doesNotMatch(value, /^[=+\-@\t\r\n＝＋－＠]/, `${name} of ${JSON.stringify(text)}`);
    }
    assert.equal(read(csv([hostile]))[0].from_score, '-5', 'a number stays one');
  }
});

test('NDJSON is what came', () => {
  const battles = [battle({ operator: '=1\n+1' }), battle({ id: 'b2' })];
  assert.deepEqual(ndjson(battles).trimEnd().split('\n').map((line) => JSON.parse(line)), battles);
  assert.equal(ndjson([]), '');
});
