// Sets of rooms, and how many of them one frame or query may name.

/** How much of a frame or a query rooms may take: proxies often bound a request's line at 4 or 8 KiB. */
const PORTION_CHARS = 3_000;

export const intersection = (a, b) => new Set([...a].filter((item) => b?.has(item)));
export const difference = (a, b) => [...a].filter((item) => !b.has(item));

/** The first of the rooms, as many as one frame or query may name, and at least one. */
export function portion(rooms) {
  const list = [...rooms];
  let chars = 0;
  const end = list.findIndex((room) => (chars += encodeURIComponent(room).length + 6) > PORTION_CHARS);
  return end < 0 ? list : list.slice(0, Math.max(1, end));
}
