// Whom and what this browser's moderator watches: pinned rooms and owners, and rules.

import { pins, togglePin } from './pins.js';
import { RULES } from './rules.js';
import { stored } from './stored.js';

const isRule = ({ id, kind, on, value }) =>
  typeof id === 'string' && typeof on === 'boolean' && Object.hasOwn(RULES, kind) && typeof value === 'string';

const asSet = { read: (list) => new Set(list.filter((id) => typeof id === 'string')), write: (set) => [...set] };

/** The pinned owners: a signal of a Set. Those of rooms are in pins.js. */
export const pinnedOwners = stored('pinned-owners', new Set(), asSet);

/** A signal of the list of rules: { id, kind, on, value }. */
export const rules = stored('rules', [], { read: (list) => list.filter(isRule) });

/** How alerts are given: a signal of { toast, sound, desktop }. */
export const channels = stored('channels', { toast: true, sound: false, desktop: false }, {
  read: ({ toast, sound, desktop }) => ({ toast: toast === true, sound: sound === true, desktop: desktop === true }),
});

export const isPinned = (kind, id) => (kind === 'room' ? pins : pinnedOwners).value.has(id);

export function toggle(kind, id) {
  if (kind === 'room') return togglePin(id);
  const changed = new Set(pinnedOwners.value);
  if (!changed.delete(id)) changed.add(id);
  pinnedOwners.value = changed;
}

/** Whether a pinned room or owner takes part in the battle. */
export const concernsPins = ({ from, to }) =>
  [from, ...to].some(({ room, owner }) => pins.value.has(room) || (owner !== undefined && pinnedOwners.value.has(owner)));

export function addRule(kind, value) {
  rules.value = [...rules.value, { id: crypto.randomUUID?.() ?? String(Math.random()), kind, on: true, value }];
}

export const removeRule = (id) => {
  rules.value = rules.value.filter((rule) => rule.id !== id);
};

export const switchRule = (id, on) => {
  rules.value = rules.value.map((rule) => (rule.id === id ? { ...rule, on } : rule));
};

export const switchChannel = (name, on) => {
  channels.value = { ...channels.value, [name]: on };
};
