// A battle is found by any of its ids, whatever they went through on their way here.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matcher } from '../../dashboard/filter.js';
import { finder, idOf } from '../../dashboard/find.js';

const ID = '4siHsNsWN/T3aub9zKraqPbSEGRX2z6gs3LDFi+d/3M=';
const battle = {
  id: ID, state: 'live', from: { room: 'Arena-1', owner: 'brennan' }, to: [{ room: 'pk-5' }, { room: 'pk-50', owner: 'tandy' }],
  operator: 'op-7', duration_ms: 60_000,
};
const other = { id: '+/hXQf2sT0a1yN8pZ9kB3w==', state: 'ended', from: { room: 'pk 9' }, to: [{ room: 'pk+9' }], outcome: 'time_up' };

test('an id is found in every form that it is pasted in', () => {
  for (const text of [
    ID, ` ${ID}\n`, ID.replace('=', ''), ID.replaceAll('+', '-').replaceAll('/', '_'), encodeURIComponent(ID),
    encodeURIComponent(ID).toLowerCase(), ID.replace('+', ' '), `"${ID}"`, `"${ID.replaceAll('/', '\\/')}",`, ID.toLowerCase(), ID.slice(3, 30),
    ID.slice(5, 30).replace('/', '_'), `https://hub.example.com/?app=1&battle=${encodeURIComponent(ID)}`,
    `https://hub.example.com/v1/battles/${encodeURIComponent(ID)}`,
    'ARENA-1', 'brennan', 'tandy', 'OP-7', 'pk-5',
  ]) {
    assert.ok(finder(text)(battle), text);
    assert.ok(!finder(text)(other), text);
  }
});

test('what is no id is taken as it is written', () => {
  assert.ok(!finder('pk-9')(other), 'a hyphen in a room is a hyphen');
  assert.ok(finder('pk+9')(other));
  assert.ok(!finder('100%')(battle));
  assert.ok(!finder('%E0%A4%A')(battle), 'what cannot be decoded throws nothing');
});

test('a whole id is known as one', () => {
  for (const text of [ID, encodeURIComponent(ID), ID.replaceAll('+', '-').replaceAll('/', '_').replace('=', '')]) assert.equal(idOf(text), ID);
  assert.equal(idOf(other.id), other.id);
  for (const text of ['pk-5', 'a room with spaces!', '', ID.slice(0, 12)]) assert.equal(idOf(text), null, text);
});

test('each part of the filter asks its own', () => {
  for (const [filter, want] of [
    [{}, true], [{ q: ' ' }, true],
    [{ room: 'PK-5' }, true], [{ room: '"pk-5"' }, true], [{ room: '"pk-"' }, false], [{ room: 'brennan' }, false],
    [{ owner: 'tan' }, true], [{ owner: '"tandy"' }, true], [{ owner: 'pk' }, false],
    [{ operator: 'op' }, true], [{ operator: '"op"' }, false],
    [{ outcome: 'time_up' }, false],
    [{ length: '-60' }, true], [{ length: '60-180' }, false], [{ length: '30-' }, true], [{ length: 'x' }, true],
    [{ room: 'arena', owner: 'tandy', q: ID.slice(0, 9) }, true], [{ room: 'arena', owner: 'nobody' }, false],
  ]) assert.equal(matcher(filter)(battle), want, JSON.stringify(filter));
  assert.ok(matcher({ outcome: 'time_up' })(other));
  assert.ok(!matcher({ length: '-60' })(other), 'a length that is not known is none');
});
