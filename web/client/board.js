/** Battles leave no more often than this: each time costs a look at all, and on a busy hub hundreds leave every second. */
const TIDY_MS = 1_000;

/** The battles, and the one timer that takes the ended ones off when their time has come. */
export class Board {
  battles = new Map();
  #clock;
  #changed;
  #tidied = -Infinity;
  #nextLeave = Infinity;
  #timer;

  constructor(clock, changed) {
    this.#clock = clock;
    this.#changed = changed;
  }

  put(battle) {
    this.battles.set(battle.id, battle);
    if (battle.leaves_at) this.#wakeAt(Date.parse(battle.leaves_at));
    this.#changed();
  }

  replace(battles) {
    this.battles = battles;
    this.#tidy();
    this.#changed();
  }

  merge(battles) {
    for (const battle of battles.values()) this.battles.set(battle.id, battle);
    this.#tidy();
    this.#changed();
  }

  /** Takes off the battles of no such room, null being all, and those that have left. */
  keep(rooms) {
    const before = this.battles.size;
    for (const { id, from, to } of rooms ? this.battles.values() : []) {
      if (![from, ...to].some((side) => rooms.has(side.room))) this.battles.delete(id);
    }
    this.#tidy();
    if (this.battles.size < before) this.#changed();
  }

  /** Lets nothing leave until keep is called. */
  stop() {
    clearTimeout(this.#timer);
    this.#nextLeave = Infinity;
  }

  /** Takes off what has left by now and sets the timer for the next. */
  #tidy() {
    this.stop();
    const now = (this.#tidied = this.#clock.now());
    let next = Infinity;
    for (const { id, leaves_at } of this.battles.values()) {
      const at = leaves_at ? Date.parse(leaves_at) : Infinity;
      if (at <= now) this.battles.delete(id);
      else next = Math.min(next, at);
    }
    if (next < Infinity) this.#wakeAt(next);
  }

  #wakeAt(time) {
    const at = Math.max(time, this.#tidied + TIDY_MS);
    if (at >= this.#nextLeave) return;
    this.#nextLeave = at;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.keep(null), Math.max(0, at - this.#clock.now()));
  }
}
