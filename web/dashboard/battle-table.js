// The battles as a dense table: one line each, for who watches many.

import { Component } from '../vendor/preact/preact.js';
import { useCallback } from '../vendor/preact/hooks.js';
import { BattleLink } from './battle-link.js';
import { clockTime, count } from './format.js';
import { html } from './html.js';
import { setQuery } from './location.js';
import { metrics } from './metrics.js';
import { Pin } from './pin.js';
import { order, shown, together } from './shown.js';
import { t } from './strings.js';
import { VirtualList } from './virtual-list.js';
import { Outcome, When, margin, part, plannedLength, scored } from './words.js';

/** The columns, and the order that one can be sorted in, if it can. */
const COLUMNS = { state: null, time: 'left', challenger: 'room', opponents: null, result: null, operator: null, length: 'longest', created: 'newest' };

export function BattleTable() {
  shown.value; // what together returns changes with it
  const battles = together();
  const height = metrics.value.row;
  const heightOf = useCallback(() => height, [height]);
  return html`<div class="table" role="table" aria-label=${t.battles} aria-rowcount=${battles.length + 1}>
    <div class="scroll">
      <div class="table-head" role="rowgroup"><div class="row" role="row" aria-rowindex="1">
        ${Object.entries(COLUMNS).map(([column, by]) => html`<${Heading} key=${column} column=${column} by=${by} />`)}
      </div></div>
      <${VirtualList} name="table" as="div" role="rowgroup" class="table-body" items=${battles} heightOf=${heightOf} draw=${(battle, index, style) => html`
        <div key=${battle.id} data-id=${battle.id} class="row ${battle.state} ${battle.outcome ?? ''}" role="row" style=${style} aria-rowindex=${index + 2}>
          <${Cells} battle=${battle} />
        </div>`} />
    </div>
  </div>`;
}

/** Which way the orders go: in all of them what is needed first comes first. */
const DIRECTION = { left: 'ascending', room: 'ascending', longest: 'descending', newest: 'descending' };

function Heading({ column, by }) {
  const sorted = by && order.value === by;
  return html`<div class="cell ${column}" role="columnheader" aria-sort=${by ? (sorted ? DIRECTION[by] : 'none') : undefined}>
    ${by
      ? html`<button type="button" class="sort" onClick=${() => setQuery({ order: by === 'left' ? '' : by })}>
          ${t.columns[column]}<span class="sort-mark" aria-hidden="true">${sorted ? { ascending: '▲', descending: '▼' }[DIRECTION[by]] : ''}</span>
        </button>`
      : t.columns[column]}
  </div>`;
}

/** A battle is immutable, so its line is drawn again only for another one. */
class Cells extends Component {
  shouldComponentUpdate(next) {
    return next.battle !== this.props.battle;
  }

  render({ battle }) {
    const { state, from, to, operator, created_at } = battle;
    return html`
      <div class="cell state" role="cell"><span class="mark ${state}" aria-hidden="true" />${t.states[state]}</div>
      <div class="cell time" role="cell"><${When} battle=${battle} /></div>
      <div class="cell challenger" role="cell"><${BattleLink} battle=${battle} /><${Who} battle=${battle} side=${from} /></div>
      <div class="cell opponents" role="cell">${to.map((side) => html`<${Who} battle=${battle} side=${side} brief=${to.length > 1} />`)}</div>
      <div class="cell result" role="cell">${result(battle)}</div>
      <div class="cell operator" role="cell"><bdi title=${operator}>${operator}</bdi></div>
      <div class="cell length" role="cell">${plannedLength(battle)}</div>
      <div class="cell created" role="cell">${created_at && html`<time datetime=${created_at}>${clockTime(created_at)}</time>`}</div>`;
  }
}

/** Among several a room is told without its owner: all of them are to be seen. */
function Who({ battle, side, brief = false }) {
  const won = battle.winner === side.room;
  return html`<span class=${won ? 'who won' : 'who'} title=${[side.room, side.owner].filter(Boolean).join(' · ')}>
    <${Pin} side=${side} /><bdi class="room">${side.room}</bdi>${' '}
    ${won && html`<span class="tag winner">${t.winner}</span>${' '}`}
    ${scored(battle) ? html`<span class="score"><span class="unseen">${t.score} </span>${count(side.score)}</span>` : !brief && html`<bdi class="owner">${side.owner}</bdi>`}
    ${side.joined === false && html` <span class="part">${part(battle, side)}</span>`}
  </span>`;
}

function result(battle) {
  if (battle.state !== 'ended') return null;
  return html`<${Outcome} outcome=${battle.outcome} />${margin(battle) && html`<span class="quiet"> · ${margin(battle)}</span>`}`;
}
