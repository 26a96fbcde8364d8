// The markup language of the page: htm's tagged templates, bound to preact.

import htm from '../vendor/htm/htm.js';
import { h } from '../vendor/preact/preact.js';

export const html = htm.bind(h);
