// A point in time, exact for who reads it and unambiguous for who points at it.

import { exactTime } from './format.js';
import { html } from './html.js';

/** The instant in the reader's zone; pointed at, in UTC. */
export const Instant = ({ at }) => html`<time datetime=${at} title=${at}>${exactTime(at)}</time>`;
