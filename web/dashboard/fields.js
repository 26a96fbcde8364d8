// The fields of a battle, each by its name.

import { Copy } from './copy.js';
import { length } from './format.js';
import { html } from './html.js';
import { Instant } from './instant.js';
import { t } from './strings.js';

const INSTANTS = ['created_at', 'respond_by', 'started_at', 'ends_at', 'ended_at', 'leaves_at'];

/** Everything that is known of the battle, apart from its rooms. */
export function Fields({ battle }) {
  const fields = {
    id: [battle.id, html`<${Copy} text=${battle.id} what=${t.fields.id} />`],
    app: String(battle.app),
    state: t.states[battle.state],
    outcome: battle.outcome === 'presumed_ended' ? `${t.outcomes.presumed_ended}. ${t.presumed}` : t.outcomes[battle.outcome],
    winner: battle.winner ?? tie(battle),
    operator: battle.operator && [battle.operator, html`<${Copy} text=${battle.operator} what=${t.fields.operator} />`],
    needs_response: battle.needs_response === undefined ? undefined : battle.needs_response ? t.yes : t.no,
    timeout: battle.timeout_ms && length(battle.timeout_ms),
    duration: battle.duration_ms && length(battle.duration_ms),
    extension: battle.extension,
  };
  for (const key of INSTANTS) if (battle[key]) fields[key] = html`<${Instant} at=${battle[key]} />`;
  return html`<dl class="fields">
    ${Object.entries(fields).filter(([, value]) => value).map(([key, value]) => html`<div key=${key} class="field-${key}">
      <dt>${t.fields[key]}</dt><dd>${[value].flat().map((part, i) => (i === 0 ? html`<bdi>${part}</bdi>` : html` ${part}`))}</dd>
    </div>`)}
  </dl>`;
}

/** An End with the same scores on top has no winner, unlike a battle that nobody told the end of. */
function tie({ outcome }) {
  return outcome === 'time_up' || outcome === 'all_left' ? t.tie : undefined;
}
