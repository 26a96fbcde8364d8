// A list of any length of which only what is in sight, and a little around it, is in the page.

import { useLayoutEffect, useMemo, useRef, useState } from '../vendor/preact/hooks.js';
import { html } from './html.js';
import { Rows } from './rows.js';

/** How much is drawn above and below what is in sight, so that scrolling finds it there. */
const MARGIN = 300;
/** Sight is told apart in such steps, so that not every pixel of scrolling draws anew. */
const STEP = 150;

/** The lists that are in the page, by name: their items, and focus(index), which brings one into sight and gives it the focus. */
export const lists = new Map();

/**
 * Shows items, in order, in as many columns as fit. What they look like is up to draw(item, index, style): the style places
 * and sizes the element, whose box must be the positioned one; its data-id is the item's id.
 */
export function VirtualList({ name, items, minWidth = Infinity, gap = 0, heightOf, draw, as = 'ul', ...rest }) {
  const list = useRef();
  const [sight, setSight] = useState(() => ({ width: innerWidth, top: 0, bottom: innerHeight }));
  const columns = Math.max(1, Math.floor((sight.width + gap) / (minWidth + gap)));
  const rows = useMemo(() => new Rows(items, columns, heightOf, gap), [items, columns, heightOf, gap]);
  const width = (sight.width - gap * (columns - 1)) / columns;
  const [wanted, setWanted] = useState(null);
  const anchor = useAnchor(list, items, rows);
  const look = useStable(() => {
    const seen = sightOf(list.current);
    anchor.drop(seen);
    const now = inSteps(seen);
    setSight((was) => (was.width === now.width && was.top === now.top && was.bottom === now.bottom ? was : now));
  });
  useLayoutEffect(look, [items, rows]);
  useLayoutEffect(() => watch(list.current, look), []);
  useLayoutEffect(() => {
    const focus = (index) => {
      reveal(list.current, rows.topOf(index), rows.heightOf(index));
      setWanted(items[index].id);
    };
    lists.set(name, { items, focus });
    return () => lists.delete(name);
  }, [name, items, rows]);
  useLayoutEffect(() => {
    if (wanted === null) return;
    list.current.querySelector(`[data-id="${CSS.escape(wanted)}"] a`)?.focus({ preventScroll: true });
    setWanted(null);
  }, [wanted]);

  const place = (index) => ({
    transform: `translate(${(index % columns) * (width + gap)}px, ${rows.topOf(index)}px)`,
    width: `${width}px`,
    height: `${rows.heightOf(index)}px`,
  });
  return html`<${as} ref=${list} data-list=${name} style=${{ height: `${rows.height}px` }} ...${rest}>
    ${inSight(list.current, items, rows, sight, wanted).map((index) => draw(items[index], index, place(index)))}
  </${as}>`;
}

/** The same function at every draw, which does what the newest of them does. */
function useStable(newest) {
  const current = useRef();
  current.current = newest;
  return useRef(() => current.current()).current;
}

/** Looks whenever the list may have come into sight otherwise. Returns what ends it. */
function watch(list, look) {
  // Captured, since no scrolling bubbles: the page's, and that of any part of it that holds the list.
  addEventListener('scroll', look, { capture: true, passive: true });
  addEventListener('resize', look);
  const observer = new ResizeObserver(look);
  observer.observe(list);
  return () => {
    removeEventListener('scroll', look, { capture: true });
    removeEventListener('resize', look);
    observer.disconnect();
  };
}

/** The indices to draw: of what is in sight, and of what has the focus, which would be lost otherwise, or is to get it. */
function inSight(list, items, rows, { top, bottom }, wanted) {
  const begin = Math.min(items.length, rows.firstBelow(top - MARGIN));
  const end = Math.max(begin, rows.endAbove(bottom + MARGIN, items.length));
  const indices = Array.from({ length: end - begin }, (_, i) => begin + i);
  const focused = list?.contains(document.activeElement) && document.activeElement.closest('[data-id]')?.dataset.id;
  for (const id of new Set([focused, wanted])) {
    const index = id ? items.findIndex((item) => item.id === id) : -1;
    if (index >= 0 && (index < begin || index >= end)) indices.push(index);
  }
  return indices.sort((a, b) => a - b);
}

/** The part of the list that can be seen, counted from the list's top, and what bounds it. */
function sightOf(list) {
  const box = list.getBoundingClientRect();
  const scroller = scrollerOf(list);
  const bounds = scroller === document.scrollingElement ? { top: 0, bottom: innerHeight } : scroller.getBoundingClientRect();
  return { width: box.width, top: bounds.top - box.top, bottom: bounds.bottom - box.top, scroller };
}

const inSteps = ({ width, top, bottom }) => ({ width, top: Math.floor(top / STEP) * STEP, bottom: Math.ceil(bottom / STEP) * STEP });

function scrollerOf(element) {
  for (let at = element.parentElement; at; at = at.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return document.scrollingElement;
}

/** Scrolls no further than is needed for a part of the list to be seen. */
function reveal(list, top, height) {
  const sight = sightOf(list);
  if (top < sight.top) sight.scroller.scrollTop -= sight.top - top;
  else if (top + height > sight.bottom) sight.scroller.scrollTop += top + height - sight.bottom;
}

/** Who has scrolled into a list keeps what is before the eyes, whatever comes or goes above it. */
function useAnchor(list, items, rows) {
  const held = useRef(null);
  useLayoutEffect(() => {
    const index = held.current ? items.findIndex(({ id }) => id === held.current.id) : -1;
    if (index < 0) return;
    const { top, scroller } = sightOf(list.current);
    scroller.scrollTop += rows.topOf(index) - held.current.y - top;
  }, [items, rows]);
  const drop = ({ top }) => {
    const index = rows.firstBelow(top);
    held.current = top > 0 && index < items.length ? { id: items[index].id, y: rows.topOf(index) - top } : null;
  };
  return { drop };
}
