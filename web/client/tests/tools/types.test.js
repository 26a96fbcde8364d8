import { test } from 'node:test';
import { tsc, workshop } from './toolbox.js';

for (const [module, resolution] of [['nodenext', 'nodenext'], ['esnext', 'bundler']]) {
  const options = ['--strict', '--noEmit', '--types', '', '--module', module, '--moduleResolution', resolution];

  test(`the types hold without a browser's (${resolution})`, () => {
    tsc(workshop('usage.ts'), ...options, '--lib', 'es2022', 'usage.ts');
  });

  test(`the types hold with a browser's (${resolution})`, () => {
    tsc(workshop('usage.ts', 'browser.ts'), ...options, '--exactOptionalPropertyTypes', '--lib', 'es2022,dom', 'usage.ts', 'browser.ts');
  });
}
