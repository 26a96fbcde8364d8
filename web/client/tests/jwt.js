// Tokens as a backend makes them.

import { createHmac } from 'node:crypto';

export const jwtSecret = 'test-0123456789abcdef0123456789abcdef';

const base64url = (text) => Buffer.from(text).toString('base64url');

/** A token of a moderator, or of the owner of the rooms, that is good for so many seconds. */
export function jwt({ user = 'ann', rooms, seconds = 3600 } = {}) {
  const now = Date.now() / 1000;
  const claims = {
    sub: user,
    iat: Math.floor(now),
    exp: now + seconds,
    battlehub: rooms ? { role: 'owner', rooms } : { role: 'moderator' },
  };
  const signed = `${base64url('{"alg":"HS256","typ":"JWT"}')}.${base64url(JSON.stringify(claims))}`;
  return `${signed}.${createHmac('sha256', jwtSecret).update(signed).digest('base64url')}`;
}
