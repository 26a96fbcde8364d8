// Records, and what happened between two boards.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram } from '../../dashboard/histogram.js';
import { recordOf, resultFor, sideOf } from '../../dashboard/record.js';
import { steps } from '../../dashboard/steps.js';

const battle = (id, more) => ({
  id, state: 'ended', outcome: 'time_up', started_at: '2026-11-23T10:00:00.000Z', ended_at: '2026-11-23T10:01:00.000Z',
  from: { room: 'a', owner: 'ann', score: 5 }, to: [{ room: 'b', owner: 'bob', score: 3, joined: true }, { room: 'c', owner: 'ann', score: 0, joined: false }], winner: 'a', ...more,
});

test('how a battle went', () => {
  const how = (more, kind = 'room', id = 'a') => resultFor(battle('1', more), sideOf(battle('1', more), kind, id));
  assert.equal(how({}), 'won');
  assert.equal(how({}, 'room', 'b'), 'lost');
  assert.equal(how({}, 'room', 'c'), 'declined');
  assert.equal(how({}, 'owner', 'ann'), 'won');
  assert.equal(how({ winner: undefined }), 'tied');
  assert.equal(how({ outcome: 'all_left' }), 'won');
  assert.equal(how({ outcome: 'not_started', winner: undefined }), 'not_started');
  assert.equal(how({ outcome: 'presumed_ended', winner: undefined }), 'presumed_ended');
  assert.equal(how({ outcome: undefined }), 'unknown');
  assert.equal(how({ state: 'live' }), 'live');
});

test('a record', () => {
  const battles = [battle('1'), battle('2', { winner: 'b' }), battle('3', { winner: undefined }), battle('4', { outcome: 'all_left' }),
    battle('5', { outcome: 'not_started', winner: undefined }), battle('6', { outcome: 'presumed_ended', winner: undefined }), battle('7', { state: 'pending' })];
  assert.deepEqual(recordOf(battles, 'room', 'a'), { ended: 6, won: 2, lost: 1, tied: 1, walkovers: 2, declined: 0, presumed: 1, decided: 4, rate: 0.5 });
  assert.deepEqual(recordOf([], 'room', 'a').rate, null);
  assert.equal(recordOf(battles, 'room', 'c').declined, 6);
});

test('what happened between two boards', () => {
  const board = (...battles) => new Map(battles.map((b) => [b.id, b]));
  const kinds = (before, after) => steps([...after.values()].map((b) => [before.get(b.id), b])).map(({ kind, battle: { id } }) => `${kind} ${id}`);
  const pending = battle('1', { state: 'pending', outcome: undefined, created_at: '2026-11-23T09:59:00.000Z', started_at: undefined, ended_at: undefined });
  const live = { ...pending, state: 'live', started_at: '2026-11-23T10:00:00.000Z' };
  const presumed = { ...live, state: 'ended', outcome: 'presumed_ended', ended_at: '2026-11-23T10:01:00.000Z' };
  const ended = { ...presumed, outcome: 'time_up' };
  assert.deepEqual(kinds(board(), board(ended)), ['created 1', 'started 1', 'ended 1']);
  assert.deepEqual(kinds(board(pending), board(live)), ['started 1']);
  assert.deepEqual(kinds(board(live), board(presumed)), ['presumed_ended 1']);
  assert.deepEqual(kinds(board(presumed), board(ended)), ['ended 1'], 'a late End corrects');
  assert.deepEqual(kinds(board(ended), board(ended)), []);
  assert.deepEqual(kinds(board(ended), board()), [], 'it left the board');
  assert.deepEqual(kinds(board(), board(live, { ...pending, id: '2', created_at: '2026-11-23T09:59:30.000Z' })), ['created 1', 'created 2', 'started 1']);
});

test('quantiles are exact to a tenth', () => {
  const delays = new Histogram();
  assert.equal(delays.quantile(0.5), null);
  const half = new Histogram();
  for (let ms = 1; ms <= 1000; ms++) (ms % 2 ? delays : half).add(ms);
  delays.merge(half);
  for (const [q, want] of [[0.5, 500], [0.99, 990], [1, 1000]]) {
    assert.ok(Math.abs(delays.quantile(q) - want) <= want / 10, `${q}: ${delays.quantile(q)}`);
  }
  delays.add(-5);
  delays.add(1e12);
  assert.equal(delays.total, 1002);
});
