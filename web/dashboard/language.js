// Which language the page speaks: as its address says, else as was chosen here before, else
// as the browser's reader prefers.

import { keep, kept } from './storage.js';

/** The languages that there are, by what they call themselves. */
export const LANGUAGES = { en: 'English', zh: '简体中文', ko: '한국어' };

const KEY = 'language';
const primary = (tag) => String(tag).toLowerCase().split('-')[0];

/** The first of the language tags that there is a text for. */
export function pick(tags) {
  const tag = tags.find((tag) => tag && Object.hasOwn(LANGUAGES, primary(tag)));
  return tag ? primary(tag) : 'en';
}

const preferred = globalThis.navigator?.languages ?? [];
const asked = new URLSearchParams(globalThis.location?.search).get('lang');
export const language = pick([asked, kept(KEY), ...preferred]);

/** For numbers and times: the reader's own variant of the language, since 1/2 is a different day in en-GB. */
export const locale = preferred.find((tag) => primary(tag) === language) ?? { zh: 'zh-CN' }[language] ?? language;

/** Speaks another language from now on. The page is loaded anew: every text changes. */
export function speak(language) {
  keep(KEY, language);
  const address = new URL(location.href);
  address.searchParams.delete('lang');
  if (address.href === location.href) location.reload();
  else location.replace(address);
}
