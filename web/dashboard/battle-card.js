// One battle on the board: who, how long still, and how it went.

import { Component } from '../vendor/preact/preact.js';
import { TimeBar, Until } from './countdown.js';
import { count } from './format.js';
import { html } from './html.js';
import { BattleLink } from './battle-link.js';
import { Pin } from './pin.js';
import { t } from './strings.js';
import { Outcome, When, margin, part, plannedLength, scored, sidesOf } from './words.js';

/** More rooms than these are counted, not shown: cards have a bounded height. */
const SIDES_MAX = 4;

/** A battle is immutable, so a card is drawn again only for another one. */
export class BattleCard extends Component {
  shouldComponentUpdate(next) {
    return next.battle !== this.props.battle;
  }

  render({ battle }) {
    return html`<article class="card ${battle.state} ${battle.outcome ?? ''}">
      <header>
        <p class="card-when"><${When} battle=${battle} /></p>
        <p class="card-what">${what(battle)}</p>
      </header>
      ${below(battle)}
      <h3><${BattleLink} battle=${battle} class="card-link" /></h3>
      <${Sides} battle=${battle} most=${SIDES_MAX} />
    </article>`;
  }
}

function what(battle) {
  if (battle.state === 'ended') return html`<${Outcome} outcome=${battle.outcome} />`;
  const planned = battle.duration_ms ? t.length(plannedLength(battle)) : '';
  if (battle.state === 'pending' || !battle.ends_at) return planned;
  return html`<${Until} instant=${battle.ends_at} before=${planned} after=${t.waitingForEnd} />`;
}

/** How high a card is, by the lengths that the style sheets set. */
export function cardHeight(battle, lengths) {
  const line = battle.state !== 'ended' ? 'card-bar' : told(battle) ? 'card-result' : null;
  return lengths['card-bare'] + (line ? lengths[line] : 0) + Math.min(SIDES_MAX, 1 + battle.to.length) * lengths['card-side'];
}

/** Whether there is more to tell of how it went than why it ended. */
const told = (battle) => battle.outcome === 'presumed_ended' || scored(battle);

/** The line below the head: how it went, or how much time is left. */
function below(battle) {
  if (battle.outcome === 'presumed_ended') return html`<p class="card-result">${t.presumed}</p>`;
  if (battle.state === 'ended') return told(battle) && html`<p class="card-result">${margin(battle)}</p>`;
  const [from, until] = battle.state === 'live' ? [battle.started_at, battle.ends_at] : [battle.created_at, battle.respond_by];
  return html`<p class="card-bar">${from && until && html`<${TimeBar} from=${from} until=${until} />`}</p>`;
}

/** The rooms, the challenger first, at most so many: beside each its score, once there are scores, and before that its part. */
export function Sides({ battle, most = Infinity }) {
  const all = sidesOf(battle);
  const sides = all.length > most ? all.slice(0, most - 1) : all;
  return html`<ul class="sides">
    ${sides.map((side) => html`<${Side} battle=${battle} side=${side} />`)}
    ${sides.length < all.length && html`<li class="side more">${t.moreRooms(count(all.length - sides.length))}</li>`}
  </ul>`;
}

/** Longer numbers are set in smaller type. */
const LONG = 9;

function Score({ score }) {
  const text = count(score);
  return html`<p class=${text.length > LONG ? 'score long' : 'score'} title=${text}><span class="unseen">${t.score} </span>${text}</p>`;
}

function Side({ battle, side }) {
  const won = battle.winner === side.room;
  const role = part(battle, side);
  return html`<li class=${won ? 'side won' : 'side'}>
    <p class="who">
      <span class="room-line"><${Pin} side=${side} /><bdi class="room" title=${side.room}>${side.room}</bdi></span>${' '}
      <span class="owner-line">
        ${won && html`<span class="tag winner">${t.winner}</span>${' '}`}
        <bdi class="owner" title=${side.owner}>${side.owner}</bdi>
        ${scored(battle) && role && html`<span class="part"> · ${role}</span>`}
      </span>
    </p>
    ${scored(battle)
      ? html`<${Score} score=${side.score} />`
      : html`<p class="part">${role}</p>`}
  </li>`;
}
