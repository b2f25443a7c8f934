/** Every setting of the relay: its name, what it may be, and its default. One table from which flags, variables and the help come. */
import { ceilingEffort, clientMaxEffort, defaultPolicy, floorEffort, maxU32, type Range } from '@pug/wire';
import { parseNetwork } from './addresses.ts';

export interface Setting<V> {
  readonly default: V;
  /** The value that `text` spells, or null. */
  readonly parse: (text: string) => V | null;
  /** Completes "must be …". */
  readonly expected: string;
  readonly help: string;
}

/** How the trusted proxies name whoever connects through the unix socket. */
export const unixPeer = 'unix';

// What bounds memory is bounded itself: tables reserve addresses for as many as there may be.
const maxCount = 10_000_000;
const maxBytes = 2 ** 30;
const maxSeconds = 86_400;
const policy = defaultPolicy;
const floorBits = Math.log2(floorEffort);
const ceilingBits = Math.log2(ceilingEffort);
// From one try for each hit to where clients refuse (PW-8).
const effortBitsRange = [13, Math.log2(clientMaxEffort)] as const;

export const settings = {
  host: text('0.0.0.0', 'address to listen on'),
  port: whole(3000, [0, 65_535], 'port to listen on; 0 takes a free one. PORT is read, too'),
  unixSocket: text('', 'path of a unix socket to listen on instead of host and port'),
  tlsCert: text(
    '',
    'PEM file with the certificate and its chain: the listener then speaks TLS only. Read again on SIGHUP',
  ),
  tlsKey: text('', 'PEM file with the key of tlsCert'),
  redirectListen: address('host:port that answers plain HTTP with the way to the TLS listener'),
  metricsListen: address('host:port that serves /metrics in plain HTTP, and nothing else'),
  allowedOrigins: list(isOrigin, 'origins as browsers send them', 'other origins whose pages may use this relay'),
  trustedProxies: list(isProxy, `addresses, networks, or ${unixPeer}`, 'proxies whose X-Forwarded-For is believed'),
  shared: flag('addresses say nothing here (an onion service, a proxy that hides them): no limits by prefix'),
  drainSeconds: whole(8, [0, 3600], 'time to go after SIGTERM; containers are often killed after 10 s'),
  'ttlSeconds.min': whole(policy.ttlSeconds.min, [1, maxU32], 'shortest life of a room'),
  'ttlSeconds.max': whole(policy.ttlSeconds.max, [1, maxU32], 'longest life of a room'),
  'ttlSeconds.default': whole(policy.ttlSeconds.default, [1, maxU32], 'life that clients propose'),
  'capacity.min': whole(policy.capacity.min, [1, 65_535], 'fewest places in a room'),
  'capacity.max': whole(policy.capacity.max, [1, 65_535], 'most places in a room; tested to 100'),
  'capacity.default': whole(policy.capacity.default, [1, 65_535], 'places that clients propose'),
  maxPayloadBytes: whole(policy.maxPayloadBytes, [4096, maxBytes], 'longest payload of a frame'),
  messagesPerSecond: whole(policy.messagesPerSecond, [1, 1_000_000], 'message rate of a member'),
  messageBurst: whole(policy.messageBurst, [1, 1_000_000], 'messages a member may send at once'),
  bytesPerSecond: whole(policy.bytesPerSecond, [1, maxBytes], 'byte rate of a member'),
  byteBurst: whole(policy.byteBurst, [1, maxBytes], 'bytes a member may send at once'),
  queueBytes: whole(policy.queueBytes, [1, maxBytes], 'bytes held for a member that reads slowly'),
  joinTimeoutSeconds: whole(policy.joinTimeoutSeconds, [1, 3600], 'time for the first message of a socket'),
  // The bounds leave the runtime's own timer, up to 960 s, room to be late.
  idleTimeoutSeconds: whole(policy.idleTimeoutSeconds, [8, 956], 'silence after which a socket is closed'),
  emptyRoomSeconds: whole(
    policy.emptyRoomSeconds,
    [0, maxSeconds],
    'how long a room outlives its last member; 0 is not at all',
  ),
  pendingRoomSeconds: whole(policy.pendingRoomSeconds, [1, maxSeconds], 'how long a room waits for its first member'),
  'effortBits.floor': whole(floorBits, effortBitsRange, 'least work for a room: 2^this PBKDF2 iterations'),
  'effortBits.ceiling': whole(ceilingBits, effortBitsRange, 'most work for a room that load can raise it to'),
  maxRooms: whole(100_000, [1, maxCount], 'rooms with members'),
  maxPendingRooms: whole(1_000_000, [1, maxCount], 'rooms that wait for their first member'),
  maxQueuedBytes: whole(2 ** 28, [1, 2 ** 33], 'bytes held in all for members that read slowly'),
  maxSockets: whole(100_000, [1, maxCount], 'open sockets'),
  maxUnjoinedPerPrefix: whole(20, [1, maxCount], 'sockets that have not joined, from one address prefix'),
};

export type Key = keyof typeof settings;
export type Values = { readonly [K in Key]: (typeof settings)[K]['default'] };

export const keys = Object.keys(settings) as readonly Key[]; // The table has no keys but its own.

/** `ttlSeconds.max` is `--ttl-seconds-max`. */
export function flagOf(key: Key): string {
  return `--${wordsOf(key).join('-')}`;
}

/** `ttlSeconds.max` is `PUG_TTL_SECONDS_MAX`. */
export function variableOf(key: Key): string {
  return `PUG_${wordsOf(key).join('_').toUpperCase()}`;
}

function wordsOf(key: Key): readonly string[] {
  return key.replace(/[A-Z]/g, (letter) => `.${letter.toLowerCase()}`).split('.');
}

/** What must hold between settings. @returns the first breach as `key: what must be`, or null */
export function breachOf(values: Values): string | null {
  const ttl = rangeOf(values, 'ttlSeconds');
  const capacity = rangeOf(values, 'capacity');
  const {
    maxPayloadBytes,
    messagesPerSecond,
    byteBurst,
    queueBytes,
    maxQueuedBytes,
    unixSocket,
    shared,
    trustedProxies,
  } = values;
  const { tlsCert, tlsKey, redirectListen } = values;
  const rules: readonly (readonly [holds: boolean, breach: string])[] = [
    [isOrdered(ttl), 'ttlSeconds: min, default and max must ascend'],
    [isOrdered(capacity), 'capacity: min, default and max must ascend'],
    [values['effortBits.floor'] <= values['effortBits.ceiling'], 'effortBits: floor and ceiling must ascend'],
    [
      maxPayloadBytes >= 4096 * capacity.max,
      'maxPayloadBytes: must be at least 4096 for each place of capacity.max (LM-1)',
    ],
    [
      ttl.max * capacity.max * messagesPerSecond < 2 ** 31,
      'messagesPerSecond: times ttlSeconds.max and capacity.max it must stay below 2^31 (RM-11)',
    ],
    [
      byteBurst >= maxPayloadBytes + 4,
      'byteBurst: must be at least maxPayloadBytes + 4, or the longest frame is a flood (LM-1)',
    ],
    [
      queueBytes >= maxPayloadBytes + 8,
      'queueBytes: must be at least maxPayloadBytes + 8, or nobody can be sent the longest frame (LM-1)',
    ],
    [maxQueuedBytes >= queueBytes, 'maxQueuedBytes: must be at least queueBytes (LM-10)'],
    [
      unixSocket === '' || shared || trustedProxies.includes(unixPeer),
      `unixSocket: needs ${unixPeer} in trustedProxies, or shared, because it has no addresses`,
    ],
    [(tlsCert === '') === (tlsKey === ''), 'tlsCert, tlsKey: one needs the other'],
    [tlsCert === '' || unixSocket === '', 'tlsCert: not together with unixSocket'],
    [tlsCert !== '' || redirectListen === '', 'redirectListen: needs tlsCert'],
  ];
  return rules.find(([holds]) => !holds)?.[1] ?? null;
}

/** The three settings of a range as one. */
export function rangeOf(values: Values, key: 'ttlSeconds' | 'capacity'): Range {
  return { min: values[`${key}.min`], max: values[`${key}.max`], default: values[`${key}.default`] };
}

function isOrdered(range: Range): boolean {
  return range.min <= range.default && range.default <= range.max;
}

function whole(byDefault: number, [min, max]: readonly [number, number], help: string): Setting<number> {
  const parse = (spelled: string) => {
    const value = /^\d{1,10}$/.test(spelled) ? Number(spelled) : -1;
    return value >= min && value <= max ? value : null;
  };
  return { default: byDefault, parse, expected: `a whole number from ${min} to ${max}`, help };
}

function text(byDefault: string, help: string): Setting<string> {
  return { default: byDefault, parse: (spelled) => spelled || null, expected: 'a text that is not empty', help };
}

/** Where a second listener listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, an IPv6 address in brackets. */
export function addressOf(spelled: string): Address | null {
  const [, inBrackets, plain, port] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(spelled) ?? [];
  const host = inBrackets ?? plain;
  return host === undefined || Number(port) > 65_535 ? null : { host, port: Number(port) };
}

function address(help: string): Setting<string> {
  const parse = (spelled: string) => (addressOf(spelled) === null ? null : spelled);
  return { default: '', parse, expected: 'host:port, an IPv6 address in brackets', help };
}

function flag(help: string): Setting<boolean> {
  const parse = (spelled: string) => (spelled === 'true' || spelled === 'false' ? spelled === 'true' : null);
  return { default: false, parse, expected: 'true or false', help };
}

function list(isItem: (item: string) => boolean, items: string, help: string): Setting<readonly string[]> {
  const parse = (spelled: string) => {
    const found = spelled.split(',').map((item) => item.trim());
    return spelled === '' ? [] : found.every(isItem) ? found : null;
  };
  return { default: [], parse, expected: `${items}, separated by commas`, help };
}

/** `null` is the origin of a page that was opened from a file. */
function isOrigin(item: string): boolean {
  return item === 'null' || (item !== '' && URL.parse(item)?.origin === item);
}

function isProxy(item: string): boolean {
  return item === unixPeer || parseNetwork(item) !== null;
}
