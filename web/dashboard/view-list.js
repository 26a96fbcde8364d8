// The saved views, one click away, and the form that saves one.

import { html } from './html.js';
import { t } from './strings.js';
import { asked, removeView, saveView, showView, viewLink, views } from './views.js';

export function ViewList() {
  if (views.value.length === 0) return null;
  return html`<nav class="views" aria-label=${t.views}><ul>
    ${views.value.map(({ name, asks }) => html`<li key=${name}>
      <a class="view" href=${viewLink(asks)} aria-current=${asks === asked.value ? 'true' : undefined} onClick=${show(asks)}><bdi>${name}</bdi></a>
    </li>`)}
  </ul></nav>`;
}

const show = (asks) => (event) => {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  showView(asks);
};

/** Saves what is asked now, or forgets the view that is shown. */
export function ViewForm() {
  const shown = views.value.find(({ asks }) => asks === asked.value);
  if (shown) return html`<button type="button" class="button" onClick=${() => removeView(shown.name)}>${t.removeView}</button>`;
  if (!asked.value) return null;
  const save = (event) => {
    event.preventDefault();
    const { name } = event.target.elements;
    if (name.value.trim()) saveView(name.value.trim());
    name.value = '';
  };
  return html`<form class="field-form" onSubmit=${save}>
    <label class="field"><span>${t.viewName}</span>
      <input name="name" maxlength="40" autocomplete="off" /></label>
    <button type="submit" class="button">${t.saveView}</button>
  </form>`;
}
