// Which battles are shown, and in what order.

import { matcher } from './filter.js';
import { merge, Ordered } from './ordered.js';

export const STATES = ['pending', 'live', 'ended'];

const byText = (key) => (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
const reversed = (compare) => (a, b) => compare(b, a);

// Instants have one form, so their text sorts as they do. What has no deadline comes last.
const LAST = '~';
const begun = (battle) => battle.created_at ?? battle.started_at ?? '';
/** When a battle's state should change, or has changed last. */
const deadline = ({ state, respond_by, ends_at }) => (state === 'pending' ? respond_by : ends_at) ?? LAST;
const soonest = byText((battle) => deadline(battle) + begun(battle));
const latest = reversed(byText((battle) => battle.ended_at ?? battle.ends_at ?? begun(battle)));
const naturally = new Intl.Collator('en', { numeric: true });

/** What is compared in an order: of open battles, and of ended ones. */
const same = (compare) => ({ open: compare, ended: compare });
const COMPARE = {
  left: { open: soonest, ended: latest },
  newest: same(reversed(byText(begun))),
  longest: same((a, b) => (b.duration_ms ?? 0) - (a.duration_ms ?? 0) || soonest(a, b)),
  room: same((a, b) => naturally.compare(a.from.room, b.from.room) || soonest(a, b)),
};

/** The orders, the usual one first. */
export const ORDERS = Object.keys(COMPARE);

/** The battles that a filter lets through, by state, kept in order while the board changes. */
export class Selection {
  #matches;
  #compare;
  #lists;

  constructor({ order = 'left', ...filter } = {}) {
    this.#matches = matcher(filter);
    this.#compare = COMPARE[order] ?? COMPARE.left;
    const { open, ended } = this.#compare;
    this.#lists = { pending: new Ordered(open), live: new Ordered(open), ended: new Ordered(ended), soon: new Ordered(soonest) };
  }

  /** Takes out the battles that are gone, a set, and those that came in. A battle that changed is among both. */
  change(gone, come) {
    const by = { pending: [], live: [], ended: [], soon: [] };
    for (const battle of come) if (this.#matches(battle)) by[battle.state]?.push(battle);
    by.soon = by.live.filter(({ ends_at }) => ends_at);
    for (const [name, ordered] of Object.entries(this.#lists)) ordered.change(gone, by[name]);
  }

  /** The battles in a state; or `soon`: the live ones that are known to end, the next first. */
  get lists() {
    const { pending, live, ended, soon } = this.#lists;
    return { pending: pending.list, live: live.list, ended: ended.list, soon: soon.list };
  }

  /** All of them, or those in one state, in one list: by time left, what is over follows what is not. */
  together(state) {
    const { pending, live, ended } = this.lists;
    if (STATES.includes(state)) return this.lists[state];
    const open = merge(pending, live, this.#compare.open);
    return this.#compare.open === this.#compare.ended ? merge(open, ended, this.#compare.open) : [...open, ...ended];
  }
}
