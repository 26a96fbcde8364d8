// The board: the battles by state, each section in the order in which a moderator needs it,
// or all in one table.

import { useCallback } from '../vendor/preact/hooks.js';
import { BattleCard, cardHeight } from './battle-card.js';
import { BattleTable } from './battle-table.js';
import { FirstRun } from './first-run.js';
import { count } from './format.js';
import { html } from './html.js';
import { metrics } from './metrics.js';
import { NoMatch, NoneOfYours } from './notices.js';
import { STATES } from './select.js';
import { session } from './session.js';
import { filtered, layout, shown, state } from './shown.js';
import { EndingSoon } from './soon.js';
import { battles, stale } from './store.js';
import { t } from './strings.js';
import { VirtualList } from './virtual-list.js';

export function Board() {
  if (battles.value === null) return html`<main class="board" aria-busy="true" />`;
  if (battles.value.length === 0) {
    return html`<main class="board"><${session.value.role === 'owner' ? NoneOfYours : FirstRun} /></main>`;
  }
  const states = state.value ? [state.value] : STATES;
  if (filtered.value && states.every((name) => shown.value[name].length === 0)) return html`<main class="board"><${NoMatch} /></main>`;
  return html`<main class="board in-${layout.value} shows-${states.length} ${stale.value ? 'stale' : ''}">
    ${state.value !== 'ended' && state.value !== 'pending' && html`<${EndingSoon} />`}
    ${layout.value === 'table'
      ? html`<${BattleTable} />`
      : html`<div class="sections">${states.map((name) => html`<${Section} key=${name} state=${name} battles=${shown.value[name]} />`)}</div>`}
  </main>`;
}

function Section({ state, battles }) {
  const lengths = metrics.value;
  const heightOf = useCallback((battle) => cardHeight(battle, lengths), [lengths]);
  return html`<section class="section ${state}" aria-labelledby="heading-${state}">
    <h2 id="heading-${state}">${t.sections[state]} <span class="count">${count(battles.length)}</span></h2>
    <div class="scroll">
      ${battles.length === 0 && html`<p class="none">${t.none[state]}</p>`}
      <${VirtualList} name=${state} class="cards" role="list" aria-labelledby="heading-${state}" items=${battles}
        minWidth=${lengths['card-min']} gap=${lengths['card-gap']} heightOf=${heightOf} draw=${(battle, index, style) => html`
          <li key=${battle.id} data-id=${battle.id} style=${style} aria-posinset=${index + 1} aria-setsize=${battles.length}>
            <${BattleCard} battle=${battle} />
          </li>`} />
    </div>
  </section>`;
}
