// Which battles are shown, and in what order.

export const STATES = ['pending', 'live', 'ended'];

const byText = (key) => (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);

// Instants have one form, so their text sorts as they do. What has no deadline comes last.
const LAST = '~';
const ORDERS = {
  pending: byText((battle) => battle.respond_by ?? LAST + battle.created_at),
  live: byText((battle) => battle.ends_at ?? LAST + battle.started_at),
  ended: (a, b) => byText((battle) => battle.ended_at ?? '')(b, a),
};

/** Splits the battles that match the text into { pending, live, ended }: least time left, or newest, first. */
export function select(battles, text) {
  const wanted = text.trim().toLowerCase();
  const sections = { pending: [], live: [], ended: [] };
  for (const battle of battles) {
    if (!wanted || searchText(battle).includes(wanted)) sections[battle.state]?.push(battle);
  }
  for (const state of STATES) sections[state].sort(ORDERS[state]);
  return sections;
}

// A battle is immutable: its text is made once, however often the search changes.
const searchTexts = new WeakMap();

function searchText(battle) {
  let text = searchTexts.get(battle);
  if (text === undefined) {
    const sides = [battle.from, ...battle.to].flatMap(({ room, owner }) => [room, owner]);
    text = [battle.id, battle.operator, ...sides].filter(Boolean).join('\n').toLowerCase();
    searchTexts.set(battle, text);
  }
  return text;
}
