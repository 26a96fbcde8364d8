/** A room's part in a battle. */
export interface Side {
  room: string;
  owner?: string;
  /** 0 until the battle ended. */
  score: number;
  /** Only once the battle started. */
  joined?: boolean;
}

/** Everything known about a battle. Instants are RFC 3339 in UTC; what is not known is absent. */
export interface Battle {
  id: string;
  app: number;
  state: 'pending' | 'live' | 'ended';
  from: Side;
  to: Side[];
  operator?: string;
  needs_response?: boolean;
  timeout_ms?: number;
  duration_ms?: number;
  extension?: string;
  created_at?: string;
  respond_by?: string;
  started_at?: string;
  ends_at?: string;
  ended_at?: string;
  outcome?: 'time_up' | 'all_left' | 'not_started' | 'presumed_ended';
  /** A room; absent while the battle runs and after a tie. */
  winner?: string;
  /** When an ended battle leaves the board. */
  leaves_at?: string;
}

/** One thing that happened, and the battle as it stands after it. */
export interface BattleEvent {
  type: 'event';
  cursor: string;
  id: string;
  kind: 'created' | 'started' | 'ended' | 'presumed_ended';
  at: string;
  /** When the webhook arrived, by the clock of the node that took it. */
  received_at: string;
  battle: Battle;
}

/** Events were missed; the board is replaced by the snapshot that follows. */
export interface Gap {
  type: 'gap';
  reason: 'expired' | 'rewritten' | 'lagged';
}

export interface Hello {
  type: 'hello';
  protocol: 1;
  session: string;
  node: string;
  app: number;
  /** null: all. */
  rooms: string[] | null;
  cursor: string;
  resumed: boolean;
  server_time: string;
  heartbeat_ms: number;
}

/**
 * Where the connection stands, since when by the local clock in milliseconds.
 *
 * - `connecting`: a socket is being opened.
 * - `catching_up`: connected; the snapshot is arriving, the board is still the old one.
 * - `live`: the board is the server's.
 * - `waiting`: the connection was lost; the next attempt is at `retryAt`. `chosen`: the server said when. `reason` is the
 *   server's, or `silent` (nothing came, not even a heartbeat), `garbled` (a frame was none) or `token` (the function failed).
 * - `refused`: the server closed for a reason that trying again will not change, unless connect is
 *   called or the rooms change. Codes: 4400 bad_request, 4401 unauthenticated, 4403 forbidden, 4409 revoked, 4429 too_many.
 * - `idle`: the last room was unsubscribed; subscribe connects again.
 * - `closed`: connect was not yet called, or close was.
 */
export type State =
  | { name: 'connecting' | 'catching_up' | 'live' | 'idle' | 'closed'; since: number }
  | { name: 'waiting'; since: number; retryAt: number; chosen: boolean; code?: number; reason: string }
  | { name: 'refused'; since: number; code: number; reason: string };

export interface Options {
  /** The hub's address, with a path only if a proxy serves it under one: then with a slash at its end. Default: the page's. */
  url?: string | { readonly href: string };
  /** The rooms to follow, at least one. Default: all that the server grants. */
  rooms?: string[];
  /** The SDKAppID, if the server has several. */
  app?: number | string;
  /**
   * The access token, a JWT or `usersig.<sdkappid>.<userid, percent-encoded>.<usersig>`, or what fetches one. The function is
   * asked for a fresh one at every connection, and before a JWT expires, which is then replaced in place. It may take as long
   * as it likes; if it fails it is asked again, ever later. `atob` is needed to read when a JWT expires: without it, as in
   * old React Natives, the client connects again with a new token at that moment.
   */
  token?: string | (() => string | Promise<string>);
  /** The WebSocket class, where there is no global one. */
  WebSocket?: new (url: string, protocols: string[]) => { send(text: string): void; close(): void };
}

export interface Events {
  /** Once for every event, in order; a snapshot brings none. */
  event: BattleEvent;
  /** The board changed. */
  battles: ReadonlyMap<string, Battle>;
  state: State;
  gap: Gap;
  /**
   * The server refused a request (`code` says why), the token function failed, or a frame was none. Rooms that are refused
   * are not asked for again, but with `too_many`: then they are, by themselves, after `retry_ms`.
   */
  error: Error & { code?: string; retry_ms?: number };
}

export class Battlehub {
  constructor(options?: Options);
  /** The board: battles by id. Read only. A snapshot brings a new Map. */
  readonly battles: ReadonlyMap<string, Battle>;
  readonly state: State;
  /** The server's last hello, or null. */
  readonly hello: Hello | null;
  /** When the server was last heard, by the local clock in milliseconds; 0 if never. */
  readonly heardAt: number;
  /** Connects; while waiting or refused, tries again at once; while connected, only makes sure of it. Throws where there is no WebSocket. */
  connect(): this;
  /** Disconnects until connect is called. The board stays as it was. */
  close(): void;
  /** Follows more rooms. Throws if the client follows all. */
  subscribe(rooms: Iterable<string>): void;
  /** Stops following rooms. Throws if the client follows all. */
  unsubscribe(rooms: Iterable<string>): void;
  /** Asks the token function now and gives the session the new token, without reconnecting. Does nothing while disconnected. */
  refresh(): Promise<void>;
  /** The server's time in milliseconds since the epoch: what countdowns count by. */
  now(): number;
  /** Milliseconds left, by the server's clock, to answer a pending battle or until a live one ends; at least 0. NaN if neither is known. */
  countdown(battle: Pick<Battle, 'state' | 'respond_by' | 'ends_at'>): number;
  /** Calls the listener on every such event. Returns a function that ends it. */
  on<E extends keyof Events>(event: E, listener: (value: Events[E]) => void): () => void;
  /**
   * Events, and gaps between them, from now on, for `for await`; ends when the client is closed or the loop is left. A reader
   * that falls 4,096 behind loses them, and is told by a gap with the reason `lagged`: the board is whole all the same.
   */
  events(): AsyncIterableIterator<BattleEvent | Gap>;
}
