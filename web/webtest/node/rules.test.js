// The rules of the watchlist.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST_BATTLES, RULES, Tally } from '../../dashboard/rules.js';

const NOW = Date.parse('2026-11-23T12:00:00.000Z');
const ago = (minutes) => new Date(NOW - minutes * 60_000).toISOString();
const battle = (id, minutes = 0, owner = 'ann') => ({
  id, started_at: ago(minutes), from: { room: 'a', owner }, to: [{ room: 'b', owner: 'bob' }, { room: 'c', owner }],
});

test('a room is challenged', () => {
  const fires = (kind, value, pins = new Set()) => RULES.challenged.fires({ kind, battle: battle('1') }, value, { pins });
  assert.equal(fires('created', 'c'), '');
  assert.equal(fires('created', 'a'), null, 'it challenges, and is not challenged');
  assert.equal(fires('started', 'c'), null);
  assert.equal(fires('created', ''), null);
  assert.equal(fires('created', '', new Set(['b'])), '');
});

test('an end is presumed, something pinned begins', () => {
  assert.equal(RULES.presumed.fires({ kind: 'presumed_ended' }), '');
  assert.equal(RULES.presumed.fires({ kind: 'ended' }), null);
  assert.equal(RULES.pinned.fires({ kind: 'started', battle: battle('1') }, '', { concernsPins: () => true }), '');
  assert.equal(RULES.pinned.fires({ kind: 'started', battle: battle('1') }, '', { concernsPins: () => false }), null);
  assert.equal(RULES.pinned.fires({ kind: 'ended', battle: battle('1') }, '', { concernsPins: () => true }), null);
});

test('more than so many battles an hour', () => {
  const tally = new Tally();
  const fires = (id, minutes, owner) => {
    tally.add(battle(id, minutes, owner), NOW);
    return RULES.busy.fires({ kind: 'started', battle: battle(id, minutes, owner) }, '2', { tally });
  };
  assert.equal(fires('0', 61), null);
  assert.equal(fires('1', 59), null);
  assert.equal(fires('2', 30), null);
  assert.equal(fires('2', 30), null, 'a battle counts once');
  assert.equal(fires('3', 1), 'ann', 'the third: once for both of her rooms');
  assert.equal(fires('4', 0), null, 'it was said already');
  assert.equal(fires('5', 0, 'eve'), null);
  assert.equal(tally.of('ann'), 4);
});

test('the tally forgets', () => {
  const tally = new Tally();
  for (let i = 0; i < 3 * MOST_BATTLES; i++) tally.add(battle(`b${i}`, 30), NOW);
  assert.ok(tally.of('ann') <= MOST_BATTLES + 1, String(tally.of('ann')));
  tally.add({ ...battle('late', 0, 'eve'), started_at: new Date(NOW + 3_600_000).toISOString() }, NOW + 3_600_000);
  assert.equal(tally.of('ann'), 0);
  tally.add({ id: 'x', from: { room: 'a', owner: 'zoe' }, to: [] }, NOW);
  assert.equal(tally.of('zoe'), 0, 'it has not begun');
});
