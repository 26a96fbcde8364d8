// Compiled, never run: what the types allow, and what they do not.

import { Battlehub, type Battle, type BattleEvent, type Gap, type State } from 'battlehub';

new Battlehub();
new Battlehub({ url: { href: 'https://hub.example.com/' }, app: 1400000000 });
const hub = new Battlehub({ url: 'https://hub.example.com', rooms: ['pk-3'], token: async () => 'ey' });
hub.connect().subscribe(new Set(['pk-5']));
hub.unsubscribe(['pk-5']);

const stop: () => void = hub.on('event', ({ kind, at, received_at, battle }: BattleEvent) => [kind, at, received_at, battle.from.room]);
hub.on('battles', (battles) => battles.get('id')?.to.map(({ joined }) => joined));
hub.on('gap', ({ reason }) => reason === 'lagged');
hub.on('error', ({ message, code, retry_ms }) => [message, code, retry_ms]);
hub.on('state', (state: State) => {
  if (state.name === 'waiting') return state.retryAt - state.since;
  if (state.name === 'refused') return state.code;
  // @ts-expect-error: while live there is no code
  return state.code;
});
stop();

export async function read(): Promise<BattleEvent | Gap | undefined> {
  for await (const frame of hub.events()) {
    if (frame.type === 'gap') return frame;
    // @ts-expect-error: only a gap has a reason
    frame.reason;
  }
  await hub.refresh();
  hub.close();
  return undefined;
}

export function left(battle: Battle): number {
  // @ts-expect-error: a battle has one of three states
  if (battle.state === 'started') return hub.now();
  return hub.countdown(battle);
}

// @ts-expect-error: read only
hub.battles.clear();
// @ts-expect-error: read only
hub.state = { name: 'live', since: 0 };
// @ts-expect-error: there is no such event
hub.on('message', () => {});
// @ts-expect-error: rooms are a list
new Battlehub({ rooms: 'pk-3' });
// @ts-expect-error: a token is a text, or a function
new Battlehub({ token: { token: 'ey' } });
