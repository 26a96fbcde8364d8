// The battles that end next, in a strip above everything else.

import { useComputed } from '../vendor/signals/signals.js';
import { BattleLink } from './battle-link.js';
import { Countdown, now } from './countdown.js';
import { count } from './format.js';
import { html } from './html.js';
import { shown } from './shown.js';
import { t } from './strings.js';
import { sidesOf } from './words.js';

/** What ends within this is soon. What should have ended this long ago is seen below, first of the live ones. */
const SOON_MS = 30_000;
/** More than these nobody follows. */
const MOST = 12;

export function EndingSoon() {
  const soon = useComputed(() => endingBetween(shown.value.soon, now.value - SOON_MS, now.value + SOON_MS));
  // Whether the list is another one, and how many it leaves out: the strip changes only with these.
  const ids = useComputed(() => soon.value.slice(0, MOST).map(({ id }) => id).join('\n'));
  const rest = useComputed(() => Math.max(0, soon.value.length - MOST));
  ids.value;
  return html`<section class="ending-soon" aria-labelledby="heading-soon">
    <h2 id="heading-soon">${t.soon}</h2>
    ${soon.peek().length === 0 && html`<p class="quiet">${t.soonNone(SOON_MS / 1000)}</p>`}
    <ul>${soon.peek().slice(0, MOST).map((battle) => html`<${Chip} key=${battle.id} battle=${battle} />`)}</ul>
    ${rest.value > 0 && html`<p class="quiet">${t.andMore(count(rest.value))}</p>`}
  </section>`;
}

/** Those that end between two instants, of battles that are in the order in which they end. */
const endingBetween = (battles, from, until) => battles.slice(firstAfter(battles, from), firstAfter(battles, until));

function firstAfter(battles, instant) {
  const text = new Date(instant).toISOString();
  let [low, high] = [0, battles.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (battles[middle].ends_at <= text) low = middle + 1;
    else high = middle;
  }
  return low;
}

function Chip({ battle }) {
  const rooms = sidesOf(battle);
  return html`<li class="chip" data-id=${battle.id}>
    <${Countdown} until=${battle.ends_at} words=${t.timeLeft} wordsAfter=${t.overtime} />
    <${BattleLink} battle=${battle}>
      <bdi>${rooms[0].room}</bdi> <span class="quiet">${t.vs}</span> <bdi>${rooms[1]?.room}</bdi>
      ${rooms.length > 2 && html` <span class="quiet">+${count(rooms.length - 2)}</span>`}
    </${BattleLink}>
  </li>`;
}
