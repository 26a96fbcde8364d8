// Lengths that the style sheets set and scripts must know: what is placed by script has to fit
// what is drawn by style.

import { signal } from '../vendor/signals/signals.js';

const NAMES = ['card-min', 'card-bare', 'card-bar', 'card-result', 'card-side', 'card-gap', 'row'];

/** In pixels, by the names of tokens.css. */
export const metrics = signal(read());

function read() {
  const root = getComputedStyle(document.documentElement);
  const rem = parseFloat(root.fontSize);
  return Object.fromEntries(NAMES.map((name) => [name, parseFloat(root.getPropertyValue(`--${name}`)) * rem]));
}

addEventListener('resize', () => {
  const now = read();
  if (NAMES.some((name) => now[name] !== metrics.value[name])) metrics.value = now;
});
