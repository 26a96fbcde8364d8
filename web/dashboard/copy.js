// Ids that are copied with one click.

import { useEffect, useState } from '../vendor/preact/hooks.js';
import { html } from './html.js';
import { t } from './strings.js';

/** How long the button says that it has copied. */
const SAID_MS = 1_500;

/** A button that copies the text; what names it for those who do not see what it stands beside. */
export function Copy({ text, what, label = t.copy }) {
  const [said, setSaid] = useState('');
  useEffect(() => {
    const timer = said && setTimeout(setSaid, SAID_MS, '');
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (event) => setSaid((await copyText(text, event.currentTarget)) ? t.copied : t.notCopied);
  return html`<span class="copy">
    <button type="button" onClick=${copy} aria-label="${label}: ${what}">${label}</button>
    <span class="copy-said" role="status">${said}</span>
  </span>`;
}

/** Copies the text. Browsers have a clipboard for pages on https and on this machine; elsewhere the old way does. */
async function copyText(text, near) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text, near);
  }
}

function copySelected(text, near) {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  near.after(field); // inside of a modal dialog only what stands in it can be selected
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  near.focus();
  return copied;
}
