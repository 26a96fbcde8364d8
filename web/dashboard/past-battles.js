// The battles of a room or an owner, in a table.

import { useState } from '../vendor/preact/hooks.js';
import { count, length, shortTime } from './format.js';
import { html } from './html.js';
import { permalink, setQuery } from './location.js';
import { openPanel, panelLink } from './panels.js';
import { resultFor, sideOf } from './record.js';
import { t } from './strings.js';

/** How many are shown before more are asked for. */
const PAGE = 50;

export function PastBattles({ battles, kind, id, reading }) {
  const [limit, setLimit] = useState(PAGE);
  if (battles.length === 0) return html`<p>${reading ? '' : t.noPast}</p>`;
  return html`<table class="past">
    <caption class="unseen">${t.pastBattles}</caption>
    <thead><tr><th scope="col">${t.when}</th><th scope="col">${t.against}</th><th scope="col">${t.result}</th><th scope="col" class="number">${t.score}</th></tr></thead>
    <tbody>${battles.slice(0, limit).map((battle) => html`<${Row} key=${battle.id} battle=${battle} kind=${kind} id=${id} />`)}</tbody>
  </table>
  ${battles.length > limit && html`<button type="button" class="button" onClick=${() => setLimit(limit + PAGE)}>
    ${t.more(count(Math.min(PAGE, battles.length - limit)))}
  </button>`}`;
}

function Row({ battle, kind, id }) {
  const side = sideOf(battle, kind, id);
  const others = [battle.from, ...battle.to].filter((other) => other !== side);
  const result = resultFor(battle, side);
  const scored = battle.outcome === 'time_up' || battle.outcome === 'all_left';
  const begun = battle.started_at ?? battle.created_at ?? battle.ended_at;
  const show = (event) => {
    event.preventDefault();
    setQuery({ battle: battle.id }, { push: true });
  };
  return html`<tr class=${result}>
    <th scope="row"><a href=${permalink(battle.id)} onClick=${show}>${begun ? html`<time datetime=${begun}>${shortTime(begun)}</time>` : t.unknownTime}</a>
      ${kind === 'owner' && html` <bdi class="quiet">${side.room}</bdi>`}</th>
    <td>${others.map(({ room }, i) => html`${i > 0 && ' · '}<a class="id" href=${panelLink('room', room)} onClick=${openPanel('room', room)}><bdi>${room}</bdi></a>`)}</td>
    <td>${t.results[result]}${battle.outcome === 'all_left' && ` · ${t.outcomes.all_left}`}
      ${battle.duration_ms > 0 && html` <span class="quiet">${length(battle.duration_ms)}</span>`}</td>
    <td class="number">${scored && scores(side, others)}</td>
  </tr>`;
}

const scores = (side, others) => [side, ...others].map(({ score }) => count(score)).join(' : ');
