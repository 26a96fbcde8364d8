// The pinned rooms and owners, each with the battles that it has on the board.

import { useState } from '../vendor/preact/hooks.js';
import { html } from './html.js';
import { permalink, setQuery } from './location.js';
import { openPanel, panelLink } from './panels.js';
import { pins } from './pins.js';
import { battles } from './store.js';
import { t } from './strings.js';
import { pinnedOwners, toggle } from './watchlist.js';

export function Pinned() {
  const found = battlesOf(battles.value ?? []);
  const list = (kind, ids) => [...ids].map((id) => html`<${Pin} key=${`${kind} ${id}`} kind=${kind} id=${id} battles=${found(kind, id)} />`);
  return html`<section aria-labelledby="pinned-heading">
    <h3 id="pinned-heading">${t.pinned}</h3>
    <${PinForm} />
    ${pins.value.size + pinnedOwners.value.size === 0 && html`<p class="quiet">${t.nothingPinned}</p>`}
    <ul class="pins">${list('room', pins.value)}${list('owner', pinnedOwners.value)}</ul>
  </section>`;
}

/** Finds the battles of what is pinned in one go. */
function battlesOf(all) {
  const found = { room: new Map(), owner: new Map() };
  for (const battle of all) {
    for (const side of [battle.from, ...battle.to]) {
      if (pins.value.has(side.room)) add(found.room, side.room, battle);
      if (pinnedOwners.value.has(side.owner)) add(found.owner, side.owner, battle);
    }
  }
  return (kind, id) => [...(found[kind].get(id) ?? [])];
}

function add(lists, id, battle) {
  if (!lists.has(id)) lists.set(id, new Set());
  lists.get(id).add(battle);
}

/** A pinned one's open battles, and how many have just ended. */
function Pin({ kind, id, battles }) {
  const open = battles.filter(({ state }) => state !== 'ended');
  const ended = battles.length - open.length;
  return html`<li>
    <span class="quiet">${t[kind]}</span>
    <a class="id" href=${panelLink(kind, id)} onClick=${openPanel(kind, id)}><bdi>${id}</bdi></a>
    <button type="button" class="button" onClick=${() => toggle(kind, id)} aria-label=${t.unpinWhat(id)}>${t.unpin}</button>
    <p>
      ${open.map((battle) => html`<${OpenBattle} key=${battle.id} battle=${battle} />`)}
      ${open.length === 0 && html`<span class="quiet">${t.noneOpen}</span>`}
      ${ended > 0 && html` <span class="quiet">${t.justEnded(ended)}</span>`}
    </p>
  </li>`;
}

function OpenBattle({ battle }) {
  const show = (event) => {
    event.preventDefault();
    setQuery({ battle: battle.id }, { push: true });
  };
  return html`<a class="tag-link ${battle.state}" href=${permalink(battle.id)} onClick=${show}>
    ${t.states[battle.state]} <bdi>${[battle.from, ...battle.to].map(({ room }) => room).join(' · ')}</bdi>
  </a> `;
}

function PinForm() {
  const [kind, setKind] = useState('room');
  const pin = (event) => {
    event.preventDefault();
    const { id } = event.target.elements;
    const chosen = id.value.trim();
    if (chosen && !(kind === 'room' ? pins : pinnedOwners).value.has(chosen)) toggle(kind, chosen);
    id.value = '';
  };
  return html`<form class="line-form" onSubmit=${pin}>
    <label><span class="unseen">${t.whatToPin}</span>
      <select value=${kind} onChange=${(event) => setKind(event.target.value)}>
        <option value="room">${t.room}</option><option value="owner">${t.owner}</option>
      </select></label>
    <label class="grow"><span class="unseen">${t.idToPin}</span>
      <input name="id" placeholder=${t.idToPin} autocomplete="off" spellcheck=${false} maxlength="256" /></label>
    <button type="submit" class="button">${t.pin}</button>
  </form>`;
}
