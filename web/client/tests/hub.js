// A real hub, as a process, for the tests to connect to and to hurt.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as soon } from 'node:timers/promises';

const OPS_TOKEN = 'ops-0123456789abcdef0123456789abcdef';

let built;

/** The binary: the one that BATTLEHUB_BINARY names, or one built for this run. */
function binary() {
  if (process.env.BATTLEHUB_BINARY) return process.env.BATTLEHUB_BINARY;
  if (!built) {
    const dir = mkdtempSync(join(tmpdir(), 'battlehub-client-'));
    process.once('exit', () => rmSync(dir, { recursive: true }));
    built = join(dir, 'battlehub');
    execFileSync('go', ['build', '-o', built, 'battlehub/cmd/battlehub'], { cwd: import.meta.dirname, stdio: 'inherit' });
  }
  return built;
}

export class Hub {
  #dir;
  #flags = [];
  #process;
  #address = '127.0.0.1:0';
  #opsAddress = '127.0.0.1:0';

  /**
   * Starts a hub that ends with the test. With a disk, or the URL of a Redis, its log survives a restart. With a
   * key, it is guarded. Limits are flags by name.
   */
  static async start(test, { disk = false, redis, node, userSigKey, jwtSecret, limits = {} } = {}) {
    const hub = new Hub();
    if (disk) hub.#dir = mkdtempSync(join(tmpdir(), 'battlehub-log-'));
    const flags = { 'data-dir': hub.#dir, 'redis-url': redis, node, 'usersig-key': userSigKey, 'jwt-secret': jwtSecret, 'ops-token': OPS_TOKEN, ...limits };
    for (const [name, value] of Object.entries(flags)) if (value) hub.#flags.push(`--${name}`, value);
    await hub.start();
    test.after(async () => {
      await hub.end('SIGKILL');
      if (disk) rmSync(hub.#dir, { recursive: true });
    });
    return hub;
  }

  /** Starts it again, at the address that it had. */
  async start() {
    const options = ['--listen', this.#address, '--ops-listen', this.#opsAddress, '--log-format', 'json', '--drain', '3s', ...this.#flags];
    this.#process = spawn(binary(), ['serve', ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
    for await (const line of createInterface({ input: this.#process.stderr })) {
      const { msg, addr, ops_addr } = JSON.parse(line);
      if (msg !== 'listening') continue;
      this.#address = addr;
      this.#opsAddress = ops_addr;
      this.#process.stderr.resume(); // so that it never blocks on its log
      return this.#ready();
    }
    throw new Error('the hub exited before it listened');
  }

  /** Waits until it has read its log: before that it takes no sessions. */
  async #ready() {
    while ((await fetch(`${this.url}v1/battles`)).status === 503) await soon(10);
  }

  /** Ends it: SIGKILL as a crash would, SIGTERM with a drain. */
  async end(signal) {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill(signal);
    await exited;
  }

  get port() {
    return Number(this.#address.split(':').pop());
  }

  get url() {
    return `http://${this.#address}/`;
  }

  /** Sends it a webhook, as Tencent would. */
  async webhook(command, fields) {
    const query = `SdkAppid=1400000000&CallbackCommand=${command}&contenttype=json`;
    const body = JSON.stringify({ CallbackCommand: command, ...fields });
    const response = await fetch(`${this.url}webhook?${query}`, { method: 'POST', body });
    if (!response.ok) throw new Error(`webhook: ${response.status} ${await response.text()}`);
  }

  /** Takes a user's credentials back, as an operator would. */
  async revoke(user) {
    const response = await fetch(`http://${this.#opsAddress}/v1/revocations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${OPS_TOKEN}` },
      body: JSON.stringify({ user, before: new Date(Date.now() + 1000).toISOString() }),
    });
    if (!response.ok) throw new Error(`revocation: ${response.status} ${await response.text()}`);
  }

  /** The hub's own word on the board: the battles by id. */
  async battles() {
    const response = await fetch(`${this.url}v1/battles?limit=1000`);
    const { battles } = await response.json();
    return new Map(battles.map((battle) => [battle.id, battle]));
  }
}
