// Numbers and times as the reader is used to them: their language, their time zone.

import { locale } from './language.js';

const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const full = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' });
const number = new Intl.NumberFormat(locale);

export const clockTime = (instant) => time.format(new Date(instant));
export const fullTime = (instant) => full.format(new Date(instant));
export const count = (n) => number.format(n);

/** Whole seconds as 0:42 or, from an hour on, 1:00:07. */
export function span(seconds) {
  const two = (n) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}

/** A fixed length of time. */
export const length = (ms) => span(Math.round(ms / 1000));

/** A delay, in the unit that suits it. */
export function delay(ms) {
  if (Math.abs(ms) < 1_000) return `${ms} ms`;
  return Math.abs(ms) < 60_000 ? `${(ms / 1000).toFixed(1)} s` : length(ms);
}
