// The rules: each can be switched and removed; new ones are made of a kind and its value.

import { useState } from '../vendor/preact/hooks.js';
import { html } from './html.js';
import { MOST_BATTLES, RULES } from './rules.js';
import { t } from './strings.js';
import { addRule, removeRule, rules, switchRule } from './watchlist.js';

export function RuleList() {
  return html`<section aria-labelledby="rules-heading">
    <h3 id="rules-heading">${t.rules}</h3>
    <ul class="rules">${rules.value.map((rule) => html`<${Rule} key=${rule.id} rule=${rule} />`)}</ul>
    ${rules.value.length === 0 && html`<p class="quiet">${t.noRules}</p>`}
    <${RuleForm} />
    ${rules.value.some(({ kind }) => kind === 'busy') && html`<p class="quiet">${t.busyMeans}</p>`}
  </section>`;
}

function Rule({ rule: { id, kind, on, value } }) {
  const words = t.ruleWords[kind](value);
  return html`<li>
    <label><input type="checkbox" checked=${on} onChange=${(event) => switchRule(id, event.target.checked)} /> <bdi>${words}</bdi></label>
    <button type="button" class="button" onClick=${() => removeRule(id)} aria-label=${t.removeWhat(words)}>${t.remove}</button>
  </li>`;
}

function RuleForm() {
  const [kind, setKind] = useState('challenged');
  const wants = RULES[kind].value;
  const add = (event) => {
    event.preventDefault();
    const { value } = event.target.elements;
    addRule(kind, value?.value.trim() ?? '');
    if (value) value.value = '';
  };
  return html`<form class="line-form" onSubmit=${add}>
    <label class="grow"><span class="unseen">${t.ruleKind}</span>
      <select value=${kind} onChange=${(event) => setKind(event.target.value)}>
        ${Object.keys(RULES).map((name) => html`<option key=${name} value=${name}>${t.ruleKinds[name]}</option>`)}
      </select></label>
    ${wants === 'room' && html`<label class="grow"><span class="unseen">${t.anyPinned}</span>
      <input key="room" name="value" placeholder=${t.anyPinned} autocomplete="off" spellcheck=${false} maxlength="256" /></label>`}
    ${wants === 'number' && html`<label><span class="unseen">${t.battlesAnHour}</span>
      <input key="number" name="value" type="number" placeholder=${t.battlesAnHour} min="1" max=${MOST_BATTLES} required /></label>`}
    <button type="submit" class="button">${t.addRule}</button>
  </form>`;
}
