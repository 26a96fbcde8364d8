// Countdowns, all driven by one timer that ticks with the server's seconds.

import { computed, signal, useComputed } from '../vendor/signals/signals.js';
import { span } from './format.js';
import { html } from './html.js';
import { hub } from './store.js';
import { t } from './strings.js';

/** From here on a countdown is made to stand out. */
const SOON_MS = 10_000;
/** The webhook that ends a battle is always some seconds late. Only after these is its absence worth a look. */
const OVERDUE_MS = 5_000;

/** The server's time, renewed at each of its seconds; not while the page is hidden. */
export const now = signal(hub.now());

let timer;
function tick() {
  clearTimeout(timer);
  if (document.hidden) return;
  now.value = hub.now();
  timer = setTimeout(tick, 1000 - (now.value % 1000));
}
document.addEventListener('visibilitychange', tick);
hub.on('state', tick);
tick();

/** The local time, renewed with now: for what is measured by the page itself. */
export const localNow = computed(() => {
  now.value;
  return Date.now();
});

/** Time left until an instant, and how long ago it was: the text, and how pressing it is. */
export function Countdown({ until, words, wordsAfter }) {
  const left = useComputed(() => Date.parse(until) - now.value);
  // Only these text nodes and the class change at a tick; nothing is rendered anew.
  const text = useComputed(() => span(Math.abs(Math.ceil(left.value / 1000))));
  const label = useComputed(() => (left.value > 0 ? words : wordsAfter));
  const pressing = useComputed(() => `countdown ${urgency(left.value)}`);
  return html`<span class=${pressing} role="timer">
    <span class="countdown-time">${text}</span> <span class="countdown-words">${label}</span>
  </span>`;
}

function urgency(left) {
  if (left <= -OVERDUE_MS) return 'overdue';
  return left <= SOON_MS ? 'soon' : '';
}

/** Words that change when an instant has passed. */
export function Until({ instant, before, after }) {
  const words = useComputed(() => (Date.parse(instant) > now.value ? before : after));
  return html`<span>${words}</span>`;
}

/** Time since an instant. */
export function Elapsed({ since }) {
  const text = useComputed(() => span(Math.max(0, Math.floor((now.value - Date.parse(since)) / 1000))));
  return html`<span class="countdown" role="timer">
    <span class="countdown-time">${text}</span> <span class="countdown-words">${t.running}</span>
  </span>`;
}

/** How much of a battle's time is left, as a bar. The countdown beside it says the same in words. */
export function TimeBar({ from, until }) {
  const total = Date.parse(until) - Date.parse(from);
  const left = useComputed(() => Math.min(total, Math.max(0, Date.parse(until) - now.value)));
  return html`<progress class="time-bar" aria-hidden="true" max=${total} value=${left} />`;
}
