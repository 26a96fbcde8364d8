// A real Redis, as a process, for the hubs of a test to share.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as soon } from 'node:timers/promises';

export class Redis {
  /** Starts a Redis that keeps nothing on disk and ends with the test. */
  static async start(test) {
    const redis = new Redis();
    redis.port = await freePort();
    const options = ['--port', redis.port, '--bind', '127.0.0.1', '--save', '', '--dir', tmpdir()];
    const server = spawn('redis-server', options.map(String), { stdio: 'ignore' });
    test.after(async () => {
      server.kill('SIGKILL');
      await once(server, 'exit');
    });
    while ((await redis.do('PING').catch(() => '')) !== '+PONG\r\n') await soon(10);
    return redis;
  }

  get url() {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Sends a command that is answered in one line, and returns the line. */
  async do(command) {
    const socket = connect(this.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`${command}\r\n`);
    const [answer] = await once(socket, 'data');
    socket.destroy();
    return String(answer);
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
