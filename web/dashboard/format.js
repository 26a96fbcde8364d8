// Numbers and times as the reader is used to them: their language, their time zone.

import { locale } from './language.js';

const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const number = new Intl.NumberFormat(locale);

export const clockTime = (instant) => time.format(new Date(instant));
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

const exactly = new Intl.DateTimeFormat(locale, {
  year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23',
});

/** An instant to the millisecond. */
export const exactTime = (instant) => exactly.format(new Date(instant));

/** A length of time by its largest unit, as in "4 min". */
export function duration(ms) {
  const [value, unit] = ms < 60_000 ? [ms / 1000, 'second'] : ms < 3_600_000 ? [ms / 60_000, 'minute'] : [ms / 3_600_000, 'hour'];
  return inUnits[unit].format(Math.floor(value));
}

const inUnits = Object.fromEntries(['second', 'minute', 'hour'].map((unit) => [unit, new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' })]));

const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' });

/** The time of day to the millisecond. */
export const exactClock = (instant) => clock.format(new Date(instant));

const minute = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

export const clockMinute = (instant) => minute.format(new Date(instant));

const short = new Intl.DateTimeFormat(locale, { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

export const shortTime = (instant) => short.format(new Date(instant));

const ratio = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });

export const percent = (value) => ratio.format(value);
