// A room's or an owner's page: the record, and every battle that the hub's log still knows.

import { Copy } from './copy.js';
import { Drawer } from './drawer.js';
import { ExportButtons } from './export-buttons.js';
import { clockTime, count, exactTime, percent } from './format.js';
import { useHistory } from './history.js';
import { html } from './html.js';
import { closePanel, panelLink } from './panels.js';
import { PastBattles } from './past-battles.js';
import { recordOf, sideOf } from './record.js';
import { battles } from './store.js';
import { t } from './strings.js';
import { isPinned, toggle } from './watchlist.js';

export function RoomPage({ kind, id }) {
  const { past, more } = useHistory(kind, id);
  const all = withBoard(past.battles, kind, id);
  return html`<${Drawer} name="room-page" heading=${t.pageOf[kind](id)} close=${closePanel} tools=${html`<${Tools} kind=${kind} id=${id} />`}>
    <${Record} record=${recordOf(all, kind, id)} />
    <${Reach} past=${past} more=${more} />
    <${PastBattles} battles=${all} kind=${kind} id=${id} reading=${past.state === 'reading'} />
    ${all.length > 0 && html`<${ExportButtons} battles=${all} name=${`${kind}-${id}`} />`}
  <//>`;
}

/** The board is newer than what the log was read for, and has battles that began since. The newest first. */
function withBoard(past, kind, id) {
  const all = new Map(past);
  for (const battle of battles.value ?? []) if (sideOf(battle, kind, id)) all.set(battle.id, battle);
  const begun = ({ created_at, started_at, ended_at }) => created_at ?? started_at ?? ended_at ?? '';
  return [...all.values()].sort((a, b) => (begun(a) < begun(b) ? 1 : -1));
}

function Tools({ kind, id }) {
  const pinned = isPinned(kind, id);
  return html`<button type="button" class="button" aria-pressed=${pinned} onClick=${() => toggle(kind, id)}>${pinned ? t.unpin : t.pin}</button>
    <${Copy} text=${id} what=${`${t[kind]} ${id}`} />
    <${Copy} text=${new URL(panelLink(kind, id), location.href).href} what=${t.permalink} label=${t.copyLink} />`;
}

function Record({ record }) {
  const figure = (name, value) => html`<div><dt>${t.record[name]}</dt><dd>${value}</dd></div>`;
  return html`<dl class="figures">
    ${figure('rate', record.rate === null ? '–' : percent(record.rate))}
    ${['won', 'lost', 'tied', 'walkovers', 'ended'].map((name) => figure(name, count(record[name])))}
    ${record.presumed > 0 && figure('presumed', count(record.presumed))}
    ${record.declined > 0 && figure('declined', count(record.declined))}
  </dl>
  <p class="quiet">${t.recordMeans}</p>`;
}

/** How far back was looked, and how to look further. */
function Reach({ past: { state, backTo, reason }, more }) {
  return html`<p class="reach" role="status">
    ${state === 'failed' && t.loadFailed(reason)}
    ${state === 'done' && t.logBeginsAt(backTo ? exactTime(backTo) : '')}
    ${(state === 'reading' || state === 'more') && (backTo ? t.lookedBackTo(clockTime(backTo)) : t.loading)}
    ${(state === 'more' || state === 'failed') && html` <button type="button" class="button" onClick=${more}>${t.lookFurther}</button>`}
  </p>`;
}
