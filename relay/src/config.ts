/** How the relay is started: a flag goes over a PUG_* variable, that over the file, that over the default. Pure: sources are handed in. */
import { type Policy, protocolVersion } from '@pug/wire';
import { parseNetwork } from './addresses.ts';
import type { TrustedProxies } from './prefixes.ts';
import {
  type Address,
  addressOf,
  breachOf,
  flagOf,
  type Key,
  keys,
  rangeOf,
  settings,
  unixPeer,
  type Values,
  variableOf,
} from './settings.ts';
import { type PairFiles, readPair } from './tls.ts';

export type Listen =
  | { readonly on: 'port'; readonly host: string; readonly port: number }
  | { readonly on: 'unix'; readonly path: string };

export interface Config {
  readonly listen: Listen;
  /** Where the certificate and its key are; null without TLS. */
  readonly tls: PairFiles | null;
  readonly redirect: Address | null;
  readonly metrics: Address | null;
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: TrustedProxies;
  /** Whether there are no limits by address prefix (LM-6). */
  readonly shared: boolean;
  readonly drainSeconds: number;
  readonly policy: Policy;
  /** The least work for a room and the most that load can raise it to, as powers of two (PW-7, PW-16). */
  readonly effortBits: { readonly floor: number; readonly ceiling: number };
  readonly maxRooms: number;
  readonly maxPendingRooms: number;
  readonly maxQueuedBytes: number;
  readonly maxSockets: number;
  readonly maxUnjoinedPerPrefix: number;
}

/** What to do: serve, or write a text (without its last line feed) and exit: with 0 to stdout, with 2 to stderr. */
export type Start =
  | { readonly start: 'serve'; readonly config: Config }
  | { readonly start: 'exit'; readonly code: 0 | 2; readonly text: string };

/** Where settings come from. */
export interface Sources {
  /** The command line without the program. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a file, or null when it cannot be read. */
  readonly readFile: (path: string) => string | null;
  readonly version: string;
}

/** A mistake of the operator, in one line that names the setting and never its value. */
class Mistake extends Error {}

type Action = 'help' | 'version' | 'check-config' | 'print-config';

const actions: Readonly<Record<Action, string>> = {
  help: 'write this and exit',
  version: 'write the version and exit',
  'check-config': 'say whether the settings are good and exit',
  'print-config': 'write all settings in effect, in the form of the file, and exit',
};

/** Reads the command line, the environment and the file. Never throws for what an operator wrote. */
export function readConfig(sources: Sources): Start {
  try {
    const { action, file, given } = readArgs(sources.args);
    const { PUG_CONFIG: fileVariable } = sources.env;
    if (action === 'help') return exit(helpText());
    if (action === 'version') return exit(sources.version);
    const path = file ?? fileVariable;
    const fromFile = path === undefined ? [] : readJson(sources.readFile(path));
    const values = resolve([...fromFile, ...readEnv(sources.env), ...given]);
    if (action === 'print-config') return exit(printed(values));
    const config = configOf(values);
    checkPair(config, sources.readFile);
    return action === 'check-config' ? exit('The settings are good.') : { start: 'serve', config };
  } catch (error) {
    if (error instanceof Mistake) return { start: 'exit', code: 2, text: error.message };
    throw error;
  }
}

/** OP-4: a pair that will not do is a mistake like any other. */
function checkPair({ tls }: Config, readFile: Sources['readFile']): void {
  const pair = tls === null ? null : readPair(tls, readFile);
  if (pair === 'unreadable') throw new Mistake('tlsCert, tlsKey: a file cannot be read');
  if (pair === 'unusable') throw new Mistake('tlsCert, tlsKey: must be a certificate and its own key, both in PEM');
}

/** One setting as some source spells it. */
interface Given {
  readonly key: Key;
  readonly text: string;
  /** How the source calls the setting. */
  readonly source: string;
}

/** The values in effect, where later ones go over earlier ones. Each that is given must be good, even if another goes over it. */
function resolve(given: readonly Given[]): Values {
  const values: Partial<Record<Key, unknown>> = {};
  for (const key of keys) values[key] = settings[key].default;
  for (const { key, text, source } of given) {
    const value = settings[key].parse(text);
    if (value === null) throw new Mistake(`${source}: must be ${settings[key].expected}`);
    values[key] = value;
  }
  // Every key has been set, from its own setting's default or parser.
  const complete = values as Values;
  const breach = breachOf(complete);
  if (breach !== null) throw new Mistake(breach);
  return complete;
}

interface Arguments {
  readonly action: Action | null;
  readonly file: string | undefined;
  readonly given: readonly Given[];
}

const keyByFlag = new Map(keys.map((key) => [flagOf(key), key]));
const keyByVariable = new Map(keys.map((key) => [variableOf(key), key]));

/** Flags are `--name value` or `--name=value`; one that is true or false needs no value. */
function readArgs(args: readonly string[]): Arguments {
  let action: Action | null = null;
  let file: string | undefined;
  const given: Given[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, flag = '', , inline] = /^([^=]*)(=(.*))?$/s.exec(arg) ?? [];
    const key = keyByFlag.get(flag);
    const name = flag.slice(2);
    // Not quoted: it may be a value that lost its flag.
    if (!flag.startsWith('-')) throw new Mistake('flags begin with -- (see --help)');
    if (inline === undefined && flag === `--${name}` && isAction(name)) {
      action ??= name;
      continue;
    }
    if (key === undefined && flag !== '--config') throw new Mistake(`${flag}: there is no such flag (see --help)`);
    const value = inline ?? (key !== undefined && isSwitch(key) ? 'true' : rest.shift());
    if (value === undefined) throw new Mistake(`${flag}: needs a value`);
    if (key === undefined) file = value;
    else given.push({ key, text: value, source: flag });
  }
  return { action, file, given };
}

function isAction(name: string): name is Action {
  return Object.hasOwn(actions, name);
}

function isSwitch(key: Key): boolean {
  return typeof settings[key].default === 'boolean';
}

/** The PUG_* variables, after PORT, which platforms set. */
function readEnv(env: Sources['env']): readonly Given[] {
  const { PORT: port } = env;
  const given: Given[] = port === undefined ? [] : [{ key: 'port', text: port, source: 'PORT' }];
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('PUG_') || name === 'PUG_CONFIG' || text === undefined) continue;
    const key = keyByVariable.get(name);
    if (key === undefined) throw new Mistake(`${name}: there is no such setting (see --help)`);
    given.push({ key, text, source: name });
  }
  return given;
}

/** The settings of a file: a JSON object, where `ttlSeconds` and `capacity` are objects themselves. */
function readJson(text: string | null): readonly Given[] {
  if (text === null) throw new Mistake('config: the file cannot be read');
  const json = parsed(text);
  if (!isObject(json)) throw new Mistake('config: the file is not a JSON object');
  const flat = Object.entries(json).flatMap(([key, value]) =>
    isObject(value)
      ? Object.entries(value).map(([name, inner]) => [`${key}.${name}`, inner] as const)
      : [[key, value] as const],
  );
  return flat.map(([name, value]) => {
    const key = keys.find((known) => known === name);
    const source = `${name} in the config file`;
    if (key === undefined) throw new Mistake(`${source}: there is no such setting (see --help)`);
    return { key, text: spelled(value), source };
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // The parser's own message would quote the file.
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON value as a flag would spell it. */
function spelled(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}

function configOf(values: Values): Config {
  const { host, port, unixSocket, trustedProxies, allowedOrigins, shared, drainSeconds } = values;
  const { maxRooms, maxPendingRooms, maxQueuedBytes, maxSockets, maxUnjoinedPerPrefix } = values;
  const { tlsCert, tlsKey, redirectListen, metricsListen } = values;
  return {
    listen: unixSocket === '' ? { on: 'port', host, port } : { on: 'unix', path: unixSocket },
    tls: tlsCert === '' ? null : { cert: tlsCert, key: tlsKey },
    redirect: addressOf(redirectListen),
    metrics: addressOf(metricsListen),
    allowedOrigins,
    trustedProxies: {
      networks: trustedProxies.map(parseNetwork).filter((network) => network !== null),
      unix: trustedProxies.includes(unixPeer),
    },
    shared,
    drainSeconds,
    policy: policyOf(values),
    effortBits: { floor: values['effortBits.floor'], ceiling: values['effortBits.ceiling'] },
    maxRooms,
    maxPendingRooms,
    maxQueuedBytes,
    maxSockets,
    maxUnjoinedPerPrefix,
  };
}

function policyOf(values: Values): Policy {
  return {
    protocol: protocolVersion,
    ttlSeconds: rangeOf(values, 'ttlSeconds'),
    capacity: rangeOf(values, 'capacity'),
    maxPayloadBytes: values.maxPayloadBytes,
    messagesPerSecond: values.messagesPerSecond,
    messageBurst: values.messageBurst,
    bytesPerSecond: values.bytesPerSecond,
    byteBurst: values.byteBurst,
    queueBytes: values.queueBytes,
    joinTimeoutSeconds: values.joinTimeoutSeconds,
    idleTimeoutSeconds: values.idleTimeoutSeconds,
    emptyRoomSeconds: values.emptyRoomSeconds,
    pendingRoomSeconds: values.pendingRoomSeconds,
  };
}

/** All settings as a file spells them. One without a value is left out: an empty text is not a spelling. */
function printed(values: Values): string {
  const nested: Record<string, unknown> = {};
  for (const key of keys) {
    const [outer = key, inner] = key.split('.');
    if (values[key] === '') continue;
    nested[outer] = inner === undefined ? values[key] : { ...(nested[outer] ?? {}), [inner]: values[key] };
  }
  return JSON.stringify(nested, null, 2);
}

function helpText(): string {
  const actionLines = Object.entries(actions).map(([name, help]) => lineOf(`--${name}`, help));
  const settingLines = keys.map((key) => lineOf(flagOf(key), `${settings[key].help}${defaultText(key)}`));
  return [
    'Pug Network, the relay: rooms in memory, frames it cannot read.',
    '',
    ...actionLines,
    lineOf('--config', 'JSON file with settings'),
    '',
    ...settingLines,
    '',
    'A flag goes over an environment variable (--ttl-seconds-max is PUG_TTL_SECONDS_MAX), that over the file',
    '({"ttlSeconds":{"max":86400}}), that over the default. What is not known is an error.',
  ].join('\n');
}

function lineOf(flag: string, help: string): string {
  return `  ${flag.padEnd(28)}${help}`;
}

function defaultText(key: Key): string {
  const text = String(settings[key].default);
  return text === '' || text === 'false' ? '' : ` (${text})`;
}

function exit(text: string): Start {
  return { start: 'exit', code: 0, text };
}
