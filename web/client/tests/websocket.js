// Node has a WebSocket from version 22 on; version 20 has it behind a flag. Where it is
// missing, this process hands over to one with the flag before any test is defined.

import { spawnSync } from 'node:child_process';

if (!globalThis.WebSocket) {
  const { status } = spawnSync(process.execPath, ['--experimental-websocket', ...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
  });
  process.exit(status);
}
