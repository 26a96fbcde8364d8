// Holds every event against the rules, and gives the alerts.

import { signal } from '../vendor/signals/signals.js';
import { onArrival, onFirstBoard } from './arrivals.js';
import { notify } from './notify.js';
import { pins } from './pins.js';
import { RULES, Tally } from './rules.js';
import { hub } from './store.js';
import { concernsPins, rules } from './watchlist.js';

/** How many alerts are kept to be looked at. */
const KEPT = 50;

/** The newest alerts first: { key, rule, who, event }. */
export const alerts = signal([]);
/** How many of them the reader has not seen in the list. */
export const unseen = signal(0);

const tally = new Tally();
const given = new Set(); // keys, of the newest

onFirstBoard((battles) => {
  for (const battle of battles) tally.add(battle, hub.now());
});

onArrival((event) => {
  if (event.kind === 'started') tally.add(event.battle, hub.now());
  const known = { concernsPins, pins: pins.value, tally };
  for (const rule of rules.value) {
    const who = rule.on ? RULES[rule.kind].fires(event, rule.value, known) : null;
    if (who !== null) give({ key: `${rule.id} ${event.battle.id} ${event.kind}`, rule, who, event });
  }
});

function give(alert) {
  if (given.has(alert.key)) return;
  given.add(alert.key);
  if (given.size > 10 * KEPT) given.delete(given.values().next().value);
  alerts.value = [alert, ...alerts.value].slice(0, KEPT);
  unseen.value++;
  notify(alert);
}
