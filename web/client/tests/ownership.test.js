import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { Battle } from './battle.js';
import { follow } from './follow.js';
import { Hub } from './hub.js';

const key = '5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e';
const app = 1400000000;

/** The UserSig of a user, as the app's server makes it (trtc.io/document/34385). */
function userSig(user) {
  const now = Math.floor(Date.now() / 1000);
  const signed = `TLS.identifier:${user}\nTLS.sdkappid:${app}\nTLS.time:${now}\nTLS.expire:3600\n`;
  const ticket = {
    'TLS.ver': '2.0', 'TLS.identifier': user, 'TLS.sdkappid': app, 'TLS.time': now, 'TLS.expire': 3600,
    'TLS.sig': createHmac('sha256', key).update(signed).digest('base64'),
  };
  const packed = deflateSync(JSON.stringify(ticket)).toString('base64');
  const text = packed.replaceAll('+', '*').replaceAll('/', '-').replaceAll('=', '_');
  return `usersig.${app}.${encodeURIComponent(user)}.${text}`;
}

test('an owner sees a room from when it is theirs, and no longer than that', async (t) => {
  const server = await Hub.start(t, { userSigKey: key });
  const owner = follow(t, { url: server.url, token: userSig('owner of pk-3') }).connect();
  await owner.until(() => owner.state.name === 'live');
  assert.deepEqual(owner.hello.rooms, []);

  const battle = await new Battle(server, 'pk-3', 'pk-5').create();
  await battle.start(); // only now does a webhook tell whose pk-3 is
  await owner.until(() => owner.battles.size === 1);
  assert.equal(owner.battles.get(battle.id).state, 'live');

  await server.webhook('Live.CallbackAfterChangeOwner', {
    RoomId: 'pk-3', EventTime: Date.now() + 1500, CurrentOwner_Account: 'another', OriginalOwner_Account: 'owner of pk-3',
  });
  await owner.until(() => owner.battles.size === 0);
  await battle.end(1, 2);
  assert.equal(owner.sockets.length, 1);
  assert.equal(owner.state.name, 'live');
});
