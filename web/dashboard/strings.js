// Every text of the page, in the reader's language.

import { language } from './language.js';
import { en } from './strings/en.js';
import { enWorkplace } from './strings/en-workplace.js';
import { ko } from './strings/ko.js';
import { koWorkplace } from './strings/ko-workplace.js';
import { zh } from './strings/zh.js';
import { zhWorkplace } from './strings/zh-workplace.js';

export const texts = { en: { ...en, ...enWorkplace }, zh: { ...zh, ...zhWorkplace }, ko: { ...ko, ...koWorkplace } };
export const t = texts[language];
