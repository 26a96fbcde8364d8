// Battles as files: CSV for spreadsheets, NDJSON for programs.

/** Columns of a battle, before those of its challenged rooms. */
const COLUMNS = {
  id: ({ id }) => id, app: ({ app }) => app, state: ({ state }) => state, outcome: ({ outcome }) => outcome, winner: ({ winner }) => winner,
  created_at: (b) => b.created_at, respond_by: (b) => b.respond_by, started_at: (b) => b.started_at, ends_at: (b) => b.ends_at, ended_at: (b) => b.ended_at,
  duration_ms: (b) => b.duration_ms, timeout_ms: (b) => b.timeout_ms, needs_response: (b) => b.needs_response,
  operator: ({ operator }) => operator, extension: ({ extension }) => extension,
  from_room: ({ from }) => from.room, from_owner: ({ from }) => from.owner, from_score: ({ from }) => from.score,
};

const SIDE = ['room', 'owner', 'score', 'joined'];

/**
 * The battles as CSV (RFC 4180), a line each, with as many columns as the battle with the most rooms needs.
 * The mark at its beginning tells Excel that it is UTF-8.
 */
export function csv(battles) {
  const sides = Math.max(0, ...battles.map(({ to }) => to.length));
  const names = Object.keys(COLUMNS);
  for (let i = 1; i <= sides; i++) names.push(...SIDE.map((name) => `to${i}_${name}`));
  const lines = battles.map((battle) => {
    const cells = Object.values(COLUMNS).map((column) => column(battle));
    for (let i = 0; i < sides; i++) cells.push(...SIDE.map((name) => battle.to[i]?.[name]));
    return cells;
  });
  return `\ufeff${[names, ...lines].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('')}`;
}

/**
 * A spreadsheet takes text that begins like a formula for one, and rooms and accounts are foreign text: an
 * apostrophe makes it text again (OWASP, CSV Injection). Numbers are ours and stay numbers.
 */
function cell(value) {
  if (value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const harmless = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** The battles as they came, a JSON object a line. */
export const ndjson = (battles) => battles.map((battle) => `${JSON.stringify(battle)}\n`).join('');

const FORMATS = {
  csv: { make: csv, type: 'text/csv;charset=utf-8' },
  ndjson: { make: ndjson, type: 'application/x-ndjson' },
};

/** Has the browser save the battles under the name and the present time. */
export function save(battles, format, name) {
  const { make, type } = FORMATS[format];
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([make(battles)], { type }));
  link.download = `${fileName(name)}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}Z.${format}`;
  link.click();
  // The browser reads it after the click; a minute is more than it needs.
  setTimeout(URL.revokeObjectURL, 60_000, link.href);
}

/** What every file system takes. */
const fileName = (name) => name.replace(/[^\p{L}\p{N}._-]+/gu, '_').slice(0, 80);
