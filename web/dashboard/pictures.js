// The pictures of the last hour.

import { useEffect, useRef, useState } from '../vendor/preact/hooks.js';
import { useComputed } from '../vendor/signals/signals.js';
import { Drawer } from './drawer.js';
import { count, delay } from './format.js';
import { html } from './html.js';
import { closePanel } from './panels.js';
import { OUTCOMES, lastHour, summary } from './rates.js';
import { battles } from './store.js';
import { t } from './strings.js';

/** How often the pictures are drawn anew. */
const REDRAW_MS = 2_000;

const COLORS = { time_up: '--live', all_left: '--pending', not_started: '--quiet', presumed_ended: '--alert' };

export function Pictures() {
  const [drawn, setDrawn] = useState(look);
  const known = useComputed(() => battles.value !== null).value;
  useEffect(() => {
    setDrawn(look);
    const timer = setInterval(() => document.hidden || setDrawn(look), REDRAW_MS);
    return () => clearInterval(timer);
  }, [known]);
  const { hour, all } = drawn;
  const live = hour.live.at(-1);
  return html`<${Drawer} name="pictures" heading=${t.pictures} close=${closePanel}>
    <p class="quiet">${t.picturesLead}</p>
    <${Picture} name="busy" heading=${t.activity} said=${t.activityNow(count(live ?? 0), count(hour.events.at(-2) ?? 0))}
      data=${[hour.time, hour.events, hour.live]} series=${[
        { label: t.eventsAMinute, color: '--quiet', bars: true, fill: true },
        { label: t.liveBattles, color: '--live' },
      ]} />
    <${Picture} name="delays" heading=${t.delays} said=${all.measured ? t.delaysNow(delay(all.p50), delay(all.p99), count(all.measured)) : t.noDelays}
      data=${[hour.time, hour.p50, hour.p99]} unit=" ms" series=${[
        { label: 'p50', color: '--live' },
        { label: 'p99', color: '--alert', dash: [6, 4] },
      ]} />
    <${Picture} name="outcomes" heading=${t.outcomesHeading} said=${OUTCOMES.map((name) => `${t.outcomes[name]}: ${count(all.outcomes[name])}`).join(' · ')}
      ...${stacked(hour)} />
    <p class="quiet">${t.delaysMean}</p>
  <//>`;
}

const look = () => ({ hour: lastHour(), all: summary() });

/** Bars upon bars: drawn from the tallest, which is all of them, to the one at the bottom. */
function stacked(hour) {
  const tops = [];
  for (const name of OUTCOMES) {
    const below = tops.at(-1);
    tops.push(hour[name].map((n, minute) => (n === null ? null : n + (below ? below[minute] : 0))));
  }
  const series = OUTCOMES.map((name) => ({ label: t.outcomes[name], color: COLORS[name], bars: true, fill: true, value: own }));
  return { data: [hour.time, ...tops.toReversed()], series: series.toReversed() };
}

/** What a bar has of its own. */
const own = (chart, top, i, minute) => (top === null || minute === null ? '–' : count(top - (chart.data[i + 1]?.[minute] ?? 0)));

/** A plot with its heading, and in words what it shows: a canvas says nothing to a screen reader. */
function Picture({ name, heading, said, series, data, unit }) {
  const element = useRef();
  const chart = useRef();
  useEffect(() => {
    let gone = false;
    import('./plot.js').then(({ plot }) => {
      if (!gone) chart.current = plot(element.current, series, data, unit);
    });
    return () => {
      gone = true;
      chart.current?.end();
    };
  }, []);
  useEffect(() => chart.current?.update(data), [data]);
  return html`<section class="picture" aria-labelledby="picture-${name}">
    <h3 id="picture-${name}">${heading}</h3>
    <p>${said}</p>
    <div ref=${element} class="plot" aria-hidden="true" />
  </section>`;
}
