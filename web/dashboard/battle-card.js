// One battle on the board: who, how long still, and how it went.

import { Component } from '../vendor/preact/preact.js';
import { Countdown, Elapsed, TimeBar, Until } from './countdown.js';
import { clockTime, count, length } from './format.js';
import { html } from './html.js';
import { permalink, setQuery } from './location.js';
import { t } from './strings.js';

/** A battle is immutable, so a card is drawn again only for another one. */
export class BattleCard extends Component {
  shouldComponentUpdate(next) {
    return next.battle !== this.props.battle;
  }

  render({ battle }) {
    const name = t.versus([battle.from, ...battle.to].map(({ room }) => room));
    return html`<article class="card ${battle.state} ${battle.outcome ?? ''}">
      <header>
        <p class="card-what">${what(battle)}</p>
        <p class="card-when">${when(battle)}</p>
      </header>
      ${battle.ends_at && battle.state === 'live' && html`<${TimeBar} from=${battle.started_at} until=${battle.ends_at} />`}
      <h3><a class="card-link" href=${permalink(battle.id)} title=${name} onClick=${open(battle.id)}>${name}</a></h3>
      <${Sides} battle=${battle} />
      ${result(battle)}
    </article>`;
  }
}

/** Opens the battle on this page, unless the reader asked for a tab or window of its own. */
const open = (id) => (event) => {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  setQuery({ battle: id }, { push: true });
};

function what({ state, outcome, duration_ms, ends_at }) {
  if (outcome === 'presumed_ended') return html`${t.outcomes[outcome]} <span class="tag alert">${t.inferred}</span>`;
  if (state === 'ended') return t.outcomes[outcome] ?? t.states.ended;
  const planned = duration_ms ? t.length(length(duration_ms)) : '';
  if (state === 'pending' || !ends_at) return planned;
  return html`<${Until} instant=${ends_at} before=${planned} after=${t.waitingForEnd} />`;
}

function when(battle) {
  if (battle.state === 'ended') {
    const { ended_at } = battle;
    return ended_at && html`<span class="unseen">${t.endedAt} </span><time datetime=${ended_at}>${clockTime(ended_at)}</time>`;
  }
  if (battle.state === 'pending') {
    if (!battle.respond_by) return html`<span class="countdown"><span class="countdown-words">${t.startsAtOnce}</span></span>`;
    return html`<${Countdown} until=${battle.respond_by} words=${t.timeToAnswer} wordsAfter=${t.answerOverdue} />`;
  }
  if (!battle.ends_at) return battle.started_at && html`<${Elapsed} since=${battle.started_at} />`;
  return html`<${Countdown} until=${battle.ends_at} words=${t.timeLeft} wordsAfter=${t.overtime} />`;
}

/** The rooms, the challenger first: beside each its score, once there are scores, and before that its part. */
export function Sides({ battle }) {
  const scored = battle.outcome === 'time_up' || battle.outcome === 'all_left';
  return html`<ul class="sides">
    ${[battle.from, ...battle.to].map((side) => {
      const won = battle.winner === side.room;
      const role = part(battle, side);
      return html`<li class=${won ? 'side won' : 'side'}>
        <span class="who">
          <bdi class="room">${side.room}</bdi>${' '}
          ${won && html`<span class="tag winner">${t.winner}</span>${' '}`}
          <bdi class="owner">${side.owner}</bdi>
          ${scored && role && html`<span class="part"> · ${role}</span>`}
        </span>
        ${scored
          ? html`<span class="score"><span class="unseen">${t.score} </span>${count(side.score)}</span>`
          : html`<span class="part">${role}</span>`}
      </li>`;
    })}
  </ul>`;
}

/** What a room has to do with the battle, in a word. */
function part(battle, side) {
  if (side === battle.from) return t.challenger;
  if (side.joined === false) return t.declined;
  if (battle.state === 'pending') return t.invited;
  return side.joined && battle.state === 'live' ? t.joined : '';
}

/** The line below: by how much it was won, or what is still to come. */
function result(battle) {
  if (battle.outcome === 'presumed_ended') return html`<p class="card-result">${t.presumed}</p>`;
  if (battle.outcome === 'not_started' || battle.state !== 'ended') return null;
  if (!battle.winner) return html`<p class="card-result">${t.tie}</p>`;
  return html`<p class="card-result">${t.margin(count(margin(battle)))}</p>`;
}

function margin({ from, to }) {
  const [best, second] = [from, ...to].map(({ score }) => score).sort((a, b) => b - a);
  return best - second;
}
