// The rules that a moderator can have. Nothing here knows of the page.

/** How long ago a battle may have begun to count as one of the hour. */
const HOUR_MS = 3_600_000;

/**
 * By kind: what its value is, and whom an event makes it speak for: null for nobody; '' for the
 * battle; or the owner.
 *
 * @param event { kind, at, battle }
 * @param value the rule's, as text
 * @param known { concernsPins, pins, tally }
 */
export const RULES = {
  challenged: {
    value: 'room', // '': any that is pinned
    fires: ({ kind, battle }, value, { pins }) =>
      kind === 'created' && battle.to.some(({ room }) => (value === '' ? pins.has(room) : room === value)) ? '' : null,
  },
  pinned: {
    value: 'none',
    fires: ({ kind, battle }, _, { concernsPins }) => (kind === 'started' && concernsPins(battle) ? '' : null),
  },
  busy: {
    value: 'number',
    fires: ({ kind, battle }, value, { tally }) =>
      kind === 'started' ? (owners(battle).find((owner) => tally.of(owner) === Number(value) + 1) ?? null) : null,
  },
  presumed: {
    value: 'none',
    fires: ({ kind }) => (kind === 'presumed_ended' ? '' : null),
  },
};

/** The largest number of battles an hour that a rule may name. */
export const MOST_BATTLES = 1_000;

export const owners = ({ from, to }) => [...new Set([from, ...to].map(({ owner }) => owner).filter(Boolean))];

/** How many battles of each owner began within the last hour, each counted once. */
export class Tally {
  #begun = new Map(); // owner → battle → when it began
  #swept = 0;

  add({ id, started_at, from, to }, now) {
    const at = Date.parse(started_at);
    if (!(at > now - HOUR_MS)) return;
    for (const owner of owners({ from, to })) {
      const battles = this.#begun.get(owner) ?? new Map();
      this.#begun.set(owner, battles.set(id, at));
      forget(battles, now);
      if (battles.size > MOST_BATTLES + 1) battles.delete(battles.keys().next().value);
    }
    if (now - this.#swept > HOUR_MS / 60) this.#sweep(now);
  }

  of(owner) {
    return this.#begun.get(owner)?.size ?? 0;
  }

  #sweep(now) {
    this.#swept = now;
    for (const [owner, battles] of this.#begun) {
      forget(battles, now);
      if (battles.size === 0) this.#begun.delete(owner);
    }
  }
}

function forget(battles, now) {
  for (const [id, at] of battles) if (at <= now - HOUR_MS) battles.delete(id);
}
