// What was missed: a line above the board, and on demand all of it.

import { absence, forgetAbsence } from './away.js';
import { Drawer } from './drawer.js';
import { clockTime, count } from './format.js';
import { html } from './html.js';
import { permalink, setQuery } from './location.js';
import { closePanel, openPanel, panelLink } from './panels.js';
import { t } from './strings.js';

export function AwayNotice() {
  const missed = absence.value;
  return html`<div class="notices" role="status">
    ${missed && html`<div class="banner calm away">
      <p><strong>${t.whileAway(missed.count, count(missed.count), missed.more)}</strong>${' '}
        <span class="quiet">${t.between(clockTime(missed.from), clockTime(missed.until))}</span></p>
      <a class="button" href=${panelLink('away')} onClick=${openPanel('away')}>${t.showThem}</a>
      <button type="button" class="button" onClick=${forgetAbsence}>${t.dismiss}</button>
    </div>`}
  </div>`;
}

export function AwayPanel() {
  const missed = absence.value;
  const done = () => {
    forgetAbsence();
    closePanel();
  };
  return html`<${Drawer} name="away-panel" heading=${t.whileAwayHeading} close=${closePanel}
      tools=${missed && html`<button type="button" class="button" onClick=${done}>${t.seen}</button>`}>
    ${missed ? html`<${Missed} missed=${missed} />` : html`<p>${t.nothingMissed}</p>`}
  <//>`;
}

function Missed({ missed }) {
  const { events } = missed;
  return html`<p class="quiet">
      ${t.between(clockTime(missed.from), clockTime(missed.until))}.
      ${missed.more && ` ${t.maybeMore}`}
      ${missed.count > events.length && ` ${t.newestOnly(count(events.length))}`}
    </p>
    <ol class="happened">
      ${events.toReversed().map((event, i) => html`<li key=${`${event.battle.id} ${event.kind} ${i}`}><${Line} event=${event} /></li>`)}
    </ol>`;
}

/** One event: when, what, who, and the way to its battle. */
export function Line({ event: { kind, at, battle } }) {
  const open = (click) => {
    if (click.button !== 0 || click.metaKey || click.ctrlKey || click.shiftKey) return;
    click.preventDefault();
    setQuery({ battle: battle.id }, { push: true });
  };
  return html`<time datetime=${at}>${clockTime(at)}</time>
    <span class="tag ${kind === 'presumed_ended' ? 'alert' : ''}">${t.kinds[kind]}</span>
    <a href=${permalink(battle.id)} onClick=${open}><bdi>${[battle.from, ...battle.to].map(({ room }) => room).join(' · ')}</bdi></a>`;
}
