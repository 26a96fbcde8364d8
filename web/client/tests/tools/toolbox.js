// Where the test from Go has installed the packages that package.json pins, and the client as npm packs it.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export const tools = process.env.BATTLEHUB_TOOLS;

export const require = createRequire(join(tools, 'package.json'));

/** A folder among the packages, with copies of these files of this folder. */
export function workshop(...names) {
  const dir = mkdtempSync(join(tools, 'work-'));
  for (const name of names) copyFileSync(join(import.meta.dirname, name), join(dir, name));
  return dir;
}

/** Runs the TypeScript compiler in the folder. It throws with what the compiler says. */
export function tsc(dir, ...options) {
  try {
    execFileSync(join(tools, 'node_modules/.bin/tsc'), ['--target', 'es2022', ...options], { cwd: dir, encoding: 'utf8' });
  } catch (err) {
    throw new Error(err.stdout || err.message);
  }
}
