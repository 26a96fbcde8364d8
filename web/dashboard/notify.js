// The three ways to alert somebody: a toast, a sound, a notification of the desktop's.

import { signal } from '../vendor/signals/signals.js';
import { chime } from './chime.js';
import { setQuery } from './location.js';
import { t } from './strings.js';
import { channels } from './watchlist.js';

/** For how long a toast is shown. What it said stays in the watchlist. */
const TOAST_MS = 10_000;
/** How many are shown at a time, so that a flood does not cover the board. */
const TOASTS = 4;

/** The alerts that are shown as toasts, the oldest first. */
export const toasts = signal([]);

// Of the tabs of one browser one alone makes noise. Where there are no locks (plain http), each does.
let speaks = !navigator.locks;
navigator.locks?.request('battlehub-alerts', () => {
  speaks = true;
  return new Promise(() => {}); // for as long as this page is open
});

export function notify(alert) {
  const { toast, sound, desktop } = channels.value;
  if (toast) show(alert);
  if (sound && speaks) chime();
  if (desktop && speaks) post(alert);
}

function show(alert) {
  toasts.value = [...toasts.value, alert].slice(-TOASTS);
  setTimeout(dismiss, TOAST_MS, alert.key);
}

export const dismiss = (key) => {
  if (toasts.value.some((alert) => alert.key === key)) toasts.value = toasts.value.filter((alert) => alert.key !== key);
};

/** Whether the browser lets this page notify: granted, denied, default (not asked yet), or missing. */
export const permission = () => globalThis.Notification?.permission ?? 'missing';

/** Asks the reader, who has just asked for it. */
export const askPermission = () => globalThis.Notification?.requestPermission() ?? 'missing';

/** A rule's next notification takes the place of its last, so that they do not pile up. */
function post({ rule, who, event }) {
  if (permission() !== 'granted') return;
  try {
    const note = new Notification(alertTitle(rule, who), {
      body: t.versus(roomsOf(event.battle)), tag: `battlehub ${rule.id}`, icon: 'dashboard/icon.svg',
    });
    note.onclick = () => {
      focus();
      setQuery({ battle: event.battle.id }, { push: true });
      note.close();
    };
  } catch {
    // Phones have notifications for service workers only.
  }
}

export const roomsOf = ({ from, to }) => [from, ...to].map(({ room }) => room);

/** What an alert says. */
export function alertTitle({ kind, value }, who) {
  if (kind === 'busy') return t.alerts.busy(who, value);
  return kind === 'challenged' && value !== '' ? t.alerts.challengedRoom(value) : t.alerts[kind];
}
