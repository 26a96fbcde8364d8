// The choice of the page's language.

import { html } from './html.js';
import { LANGUAGES, language, speak } from './language.js';
import { t } from './strings.js';

/** The bar has room for a sign, not for a name; the list that opens has the names. */
const SHORT = { en: 'EN', zh: '中', ko: '한' };

export function LanguageMenu() {
  return html`<label class="language">
    <span class="unseen">${t.language}</span>
    <span class="language-shown" aria-hidden="true">${SHORT[language]}</span>
    <select value=${language} onChange=${(event) => speak(event.target.value)}>
      ${Object.entries(LANGUAGES).map(([tag, name]) => html`<option key=${tag} value=${tag} lang=${tag}>${name}</option>`)}
    </select>
  </label>`;
}
