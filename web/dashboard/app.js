// The dashboard: every battle of the app, live. This module puts the page together.

import { render } from '../vendor/preact/preact.js';
import { effect } from '../vendor/signals/signals.js';
import { Account } from './account.js';
import { Board } from './board.js';
import { ConnectionBanner, ConnectionState } from './connection.js';
import { Detail } from './detail.js';
import { html } from './html.js';
import './keys.js';
import { locale } from './language.js';
import { LanguageMenu } from './language-menu.js';
import { Search } from './search.js';
import { askSession, session, sessionKey } from './session.js';
import { SignIn } from './sign-in.js';
import { connection, hub, liveCount, stale } from './store.js';
import { t } from './strings.js';
import { Toolbar } from './toolbar.js';
import { Notices, Workplace } from './workplace.js';

function Page() {
  if (session.value === null) return html`<main class="board" aria-busy="true" />`;
  return session.value.name === 'out' ? html`<${SignIn} />` : html`<${Dashboard} />`;
}

function Dashboard() {
  // The state is read so that the app's name comes with the first hello.
  const name = connection.value && hub.hello ? t.app(hub.hello.app) : '';
  return html`<header class="bar">
      <h1><img src="dashboard/icon.svg" alt="" width="24" height="24" /><span class="name">battlehub</span> <span class="app">${name}</span></h1>
      <${Search} />
      <${ConnectionState} />
      <${Account} />
      <${LanguageMenu} />
    </header>
    <section class="notices" aria-label=${t.notices}><${ConnectionBanner} /><${Notices} /></section>
    <${Toolbar} />
    <${Board} />
    <${Workplace} />
    <${Detail} />`;
}

effect(() => {
  if (session.value?.name === 'out') {
    document.title = t.signInTitle;
    return;
  }
  document.title = t.title(liveCount.value, stale.value);
});

// What the hub did not say, the connection finds out.
effect(() => {
  if (session.value && session.value.name !== 'out') hub.connect(sessionKey(session.value));
});

document.documentElement.lang = locale;
askSession();
render(html`<${Page} />`, document.getElementById('app'));
