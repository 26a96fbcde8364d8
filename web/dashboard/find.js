// Finding battles by any of their ids.
//
// A BattleId is base64: +, / and = in it suffer on their way through addresses, logs and
// chats. What is pasted here is therefore also taken for what it may have been.

/** Shorter texts are no part of an id that was mangled: "pk-3" means "pk-3". */
const MANGLED_MIN = 8;

/** One form for an id however it is written: percent-encoded, URL-safe, with the + that a form made a space, without its =. */
export const bareID = (id) => id.replaceAll('-', '+').replaceAll('_', '/').replaceAll(' ', '+').replace(/=+$/, '');

/** The text without what it may be wrapped in: quotes, the escapes of JSON and of addresses, or a link to a battle. */
export function unwrapped(text) {
  const bare = text.trim().replace(/^["'`]|["'`,]+$/g, '').replaceAll('\\/', '/');
  const query = /[?&]battle=([^&#\s]+)/.exec(bare)?.[1];
  return decoded(query ?? /\/v1\/battles\/([^/?#\s]+)/.exec(bare)?.[1] ?? bare);
}

function decoded(text) {
  try {
    return /%[0-9a-f]{2}/i.test(text) ? decodeURIComponent(text) : text;
  } catch {
    return text; // a percent sign that stands for itself
  }
}

/** The whole BattleId that the text seems to be, in Tencent's own form, or null. */
export function idOf(text) {
  const whole = unwrapped(text);
  const bare = bareID(whole);
  if (!/^[\w+/]{16,}$/.test(bare)) return null;
  return bare + (/=+$/.exec(whole)?.[0] ?? '='.repeat((4 - (bare.length % 4)) % 4));
}

/** Returns a function that says whether the text is part of one of a battle's ids: its own, its rooms', its people's. */
export function finder(text) {
  const wanted = text.trim().toLowerCase();
  const id = bareID(unwrapped(text)).toLowerCase();
  const maybe = id.length >= MANGLED_MIN && /^[\w+/]+$/.test(id);
  return (battle) => searchText(battle).includes(wanted) || (maybe && battle.id.toLowerCase().includes(id));
}

// A battle is immutable: its text is made once, however often the search changes.
const searchTexts = new WeakMap();

function searchText(battle) {
  let text = searchTexts.get(battle);
  if (text === undefined) {
    const sides = [battle.from, ...battle.to].flatMap(({ room, owner }) => [room, owner]);
    text = [battle.id, battle.operator, ...sides].filter(Boolean).join('\n').toLowerCase();
    searchTexts.set(battle, text);
  }
  return text;
}
