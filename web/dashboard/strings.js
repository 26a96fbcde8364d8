// Every text of the page, in the reader's language.

import { language } from './language.js';
import { en } from './strings/en.js';
import { ko } from './strings/ko.js';
import { zh } from './strings/zh.js';

export const texts = { en, zh, ko };
export const t = texts[language];
