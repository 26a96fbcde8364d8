// What is shown stays what it would be if it were chosen and sorted anew, whatever changes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ORDERS, STATES, Selection } from '../../dashboard/select.js';

/** Numbers that look random and are the same every time. */
function numbers(seed) {
  return (below) => {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return (seed >>> 0) % below;
  };
}

const at = (second) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();

function battleOf(id, next) {
  const state = STATES[next(3)];
  const battle = { id: `id ${id}`, state, from: { room: `pk-${next(30)}` }, to: [{ room: `pk-${next(30)}` }], created_at: at(next(500)), duration_ms: 1000 * next(300) };
  if (state === 'pending' && next(4) > 0) battle.respond_by = at(next(600));
  if (state === 'live' && next(9) > 0) battle.ends_at = at(next(600));
  if (state === 'ended') battle.ended_at = at(next(600));
  return battle;
}

/** Only what orders a battle: among equals any order will do. */
const shape = (order) => ({ from, created_at, respond_by, ends_at, ended_at, duration_ms }) =>
  JSON.stringify({ left: [respond_by, ends_at, ended_at], newest: created_at, longest: duration_ms, room: from.room }[order]);

for (const order of ORDERS) {
  test(`a board that changes stays in the order ${order}`, () => {
    const next = numbers(20261122);
    const filter = { order, room: 'pk-1' };
    const board = new Map();
    const selection = new Selection(filter);
    for (let round = 0; round < 300; round++) {
      const gone = new Set();
      const come = [];
      for (let i = next(6); i > 0; i--) {
        const id = next(80);
        if (come.some((battle) => battle.id === `id ${id}`)) continue;
        if (board.has(id)) gone.add(board.get(id));
        board.delete(id);
        if (next(4) === 0) continue;
        board.set(id, battleOf(id, next));
        come.push(board.get(id));
      }
      selection.change(gone, come);
    }
    const anew = new Selection(filter);
    anew.change(new Set(), board.values());
    for (const name of [...STATES, 'soon']) {
      assert.ok(anew.lists[name].length > 3, `${name} is too short to prove anything`);
      assert.deepEqual(selection.lists[name].map(shape(order)), anew.lists[name].map(shape(order)), name);
    }
    assert.deepEqual(selection.together().map(shape(order)), anew.together().map(shape(order)));
  });
}

test('the usual order is by time left, and what is over comes last', () => {
  const make = (id, state, more) => ({ id, state, from: { room: id }, to: [], created_at: at(0), ...more });
  const selection = new Selection();
  selection.change(new Set(), [
    make('over', 'ended', { ended_at: at(5) }), make('live 90', 'live', { ends_at: at(90) }), make('endless', 'live', {}),
    make('answer by 50', 'pending', { respond_by: at(50) }), make('live 10', 'live', { ends_at: at(10) }), make('just over', 'ended', { ended_at: at(8) }),
  ]);
  assert.deepEqual(selection.together().map(({ id }) => id), ['live 10', 'answer by 50', 'live 90', 'endless', 'just over', 'over']);
  assert.deepEqual(selection.lists.soon.map(({ id }) => id), ['live 10', 'live 90']);
  assert.deepEqual(selection.together('ended').map(({ id }) => id), ['just over', 'over']);
});
