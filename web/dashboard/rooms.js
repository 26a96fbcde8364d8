// The rooms of one battle: who challenged, who was invited, and who of those came.

import { Copy } from './copy.js';
import { count } from './format.js';
import { html } from './html.js';
import { openPanel, panelLink } from './panels.js';
import { t } from './strings.js';

export function Rooms({ battle }) {
  const scored = battle.outcome === 'time_up' || battle.outcome === 'all_left';
  const sides = [battle.from, ...battle.to];
  return html`<table class="rooms-table">
    <caption class="unseen">${t.rooms}</caption>
    <thead><tr><th scope="col">${t.room}</th><th scope="col">${t.owner}</th><th scope="col">${t.part}</th>
      ${scored && html`<th scope="col" class="number">${t.score}</th>`}</tr></thead>
    <tbody>${sides.map((side) => html`<tr key=${side.room} class=${battle.winner === side.room ? 'won' : ''}>
      <th scope="row"><${Id} kind="room" id=${side.room} />${battle.winner === side.room && html` <span class="tag winner">${t.winner}</span>`}</th>
      <td>${side.owner && html`<${Id} kind="owner" id=${side.owner} />`}</td>
      <td>${t.parts[partOf(battle, side)]}</td>
      ${scored && html`<td class="number">${count(side.score)}</td>`}
    </tr>`)}</tbody>
  </table>
  ${sides.some((side) => side.joined === false) && html`<p class="quiet">${t.declinedMeans}</p>`}`;
}

/** What a room has to do with the battle. Until a Start tells, nobody knows more of a room than that it was invited. */
function partOf(battle, side) {
  if (side === battle.from) return 'challenger';
  if (side.joined === undefined) return 'invited';
  return side.joined ? 'joined' : 'declined';
}

/** A room or an owner: the way to its page, and to its id. */
export function Id({ kind, id }) {
  return html`<a class="id" href=${panelLink(kind, id)} onClick=${openPanel(kind, id)}><bdi>${id}</bdi></a>${' '}
    <${Copy} text=${id} what=${`${t[kind]} ${id}`} />`;
}
