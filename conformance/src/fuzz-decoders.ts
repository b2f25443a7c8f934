/**
 * Throws random and mutated inputs at every decoder. None may throw, and what one accepts must be the one spelling of what it read. Prints a row
 * for each decoder; exits 1 at the first finding, naming the input.
 */
import * as core from '@pug/core';
import * as wire from '@pug/wire';
import { ask, refuse } from '../../tools/usage.mjs';
import { allVectors } from './generate-vectors.ts';
import { mutatedBytes, mutatedText, type Pick, pickFrom } from './mutate.ts';
import { fixed, hex, type Json, unhex } from './vector.ts';

type Verdict = 'accepted' | 'refused';

/** A decoder under fire: makes one input, decodes it, compares. Throws what it finds. */
export interface Target {
  readonly name: string;
  readonly tryOne: (pick: Pick) => Verdict | Promise<Verdict>;
}

export interface Row {
  readonly name: string;
  readonly inputs: number;
  readonly accepted: number;
  readonly perSecond: number;
}

/** The values of one data field of the vectors in a folder. */
function corpusOf(
  folder: string,
  field: string,
  where: (data: { [name: string]: Json }) => boolean = () => true,
): string[] {
  const data = allVectors.filter(({ path }) => path.startsWith(`${folder}/`)).map((vector) => vector.data);
  return data.filter(where).flatMap(({ [field]: value }) => (typeof value === 'string' ? [value] : []));
}

/** A decoder of texts; `encode` gives the one spelling of what it read. */
export function textTarget<T>(
  name: string,
  corpus: string[],
  decode: (text: string) => T | null,
  encode: (value: T) => string,
): Target {
  const tryOne = (pick: Pick) => {
    const text = mutatedText(pick, corpus);
    return judged(
      JSON.stringify(text),
      () => decode(text),
      (value) => encode(value) === text,
    );
  };
  return { name, tryOne };
}

function bytesTarget<T>(
  name: string,
  corpus: string[],
  decode: (bytes: Uint8Array) => T | null,
  encode: (value: T) => Uint8Array,
): Target {
  const seeds = corpus.map(unhex);
  const tryOne = (pick: Pick) => {
    const bytes = mutatedBytes(pick, seeds);
    return judged(
      hex(bytes),
      () => decode(bytes),
      (value) => Buffer.compare(encode(value), bytes) === 0,
    );
  };
  return { name, tryOne };
}

function judged<T>(input: string, decode: () => T | null, isSame: (value: T) => boolean): Verdict {
  let value: T | null;
  try {
    value = decode();
  } catch (error) {
    throw new Error(`threw ${error} at ${input}`);
  }
  if (value === null) return 'refused';
  if (!isSame(value)) throw new Error(`has a second spelling: ${input}`);
  return 'accepted';
}

const bodies = (body: string) => corpusOf('http', 'text', (data) => data.body === body);
const control = (sender: string) => corpusOf('control', 'text', (data) => data.sender === sender);
const frames = (sender: string) => corpusOf('frames', 'frame', (data) => data.sender === sender);
const spellings = ['', 'AA', 'AAA', 'AAAA', '_-_-', 'Zm9vYmE', wire.toBase64url(fixed('fuzz', 52))];

const textTargets: readonly Target[] = [
  textTarget('fromBase64url', spellings, wire.fromBase64url, wire.toBase64url),
  textTarget('decodeClientMessage', control('client'), wire.decodeClientMessage, wire.encodeClientMessage),
  textTarget('decodeServerMessage', control('relay'), wire.decodeServerMessage, wire.encodeServerMessage),
  textTarget('decodeChallenge', bodies('challenge'), wire.decodeChallenge, wire.encodeChallenge),
  textTarget('decodeCreateRequest', bodies('create'), wire.decodeCreateRequest, wire.encodeCreateRequest),
  textTarget('decodeCreated', bodies('created'), wire.decodeCreated, wire.encodeCreated),
  textTarget('decodePolicy', bodies('policy'), wire.decodePolicy, wire.encodePolicy),
  textTarget('decodeProblem', bodies('problem'), wire.decodeProblem, wire.encodeProblem),
];

const solutions = corpusOf('proof-of-work', 'solution');
const keysOfJoins = corpusOf('join', 'key');
const bytesTargets: readonly Target[] = [
  bytesTarget('decodeClientFrame', frames('client'), wire.decodeClientFrame, wire.encodeClientFrame),
  bytesTarget('decodeServerFrame', frames('relay'), wire.decodeServerFrame, wire.encodeServerFrame),
  bytesTarget('decodeToken', corpusOf('proof-of-work', 'token'), wire.decodeToken, wire.encodeToken),
  bytesTarget('decodeSolution', solutions, (bytes) => wire.decodeSolution(bytes, 8), wire.encodeSolution),
  // Judges, not decoders: that they never throw is what is tried.
  bytesTarget(
    'isAcceptableKey',
    keysOfJoins,
    (key) => (wire.isAcceptableKey(key) ? key : null),
    (key) => key,
  ),
  bytesTarget(
    'isCanonicalSignature',
    corpusOf('join', 'signature'),
    (it) => (wire.isCanonicalSignature(it) ? it : null),
    (it) => it,
  ),
  bytesTarget(
    'unpad',
    corpusOf('envelope', 'body').filter((body) => body.length < 3000),
    core.unpad,
    core.pad,
  ),
  bytesTarget(
    'decodeSaid',
    corpusOf('envelope', 'content').filter((it) => it.length < 3000),
    core.decodeSaid,
    core.encodeSaid,
  ),
  bytesTarget('decodeFound', corpusOf('bodies', 'bytes'), core.decodeFound, core.encodeFound),
  bytesTarget('decodeCommit', corpusOf('bodies', 'bytes'), core.decodeCommit, core.encodeCommit),
  bytesTarget('decodeWelcome', corpusOf('bodies', 'bytes'), core.decodeWelcome, core.encodeWelcome),
  bytesTarget('decodeBeat', corpusOf('bodies', 'bytes'), core.decodeBeat, core.encodeBeat),
];

const sender = await core
  .deriveKeys({ roomSecret: fixed('room secret', 16), linkKey: fixed('link key', 32) })
  .then(({ frameKey, roomIdBytes }) => ({ frameKey, roomIdBytes, member: 3 }));
const payloads = corpusOf('envelope', 'payload').map(unhex);
const links = corpusOf('link', 'input');

/** Whatever opens was sealed under this key: the payload itself, and only with the nonce and type it carries. */
async function tryOpenFrame(pick: Pick): Promise<Verdict> {
  const payload = mutatedBytes(pick, payloads);
  const opened = await core.openFrame({ ...sender, payload });
  if (opened === null) return 'refused';
  const again = await core.sealFrame({ ...sender, ...opened, nonce: payload.slice(2, 14) });
  if (Buffer.compare(again, payload) !== 0) throw new Error(`has a second spelling: ${hex(payload)}`);
  return 'accepted';
}

/** A good link stands in the text in its one spelling. */
async function tryParseLink(pick: Pick): Promise<Verdict> {
  const text = mutatedText(pick, links);
  const parsed = await core.parseLink(text);
  if (parsed.kind !== 'good') return 'refused';
  if (!text.includes(await core.encodeLink(parsed.link)))
    throw new Error(`has a second spelling: ${JSON.stringify(text)}`);
  return 'accepted';
}

/** Every decoder of wire and core. */
export const targets: readonly Target[] = [
  ...textTargets,
  ...bytesTargets,
  { name: 'parseLink', tryOne: tryParseLink },
  { name: 'openFrame', tryOne: tryOpenFrame },
];

/** Tries `count` inputs. @throws with seed, number and input of the first finding */
export async function fuzz(target: Target, count: number, seed: number): Promise<Row> {
  const pick = pickFrom(seed);
  const startedAtMs = performance.now();
  let accepted = 0;
  for (let input = 0; input < count; input++) {
    try {
      const verdict = target.tryOne(pick);
      if ((typeof verdict === 'string' ? verdict : await verdict) === 'accepted') accepted++;
    } catch (error) {
      throw new Error(
        `${target.name}, seed ${seed}, input ${input}: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
  const perSecond = Math.round((1000 * count) / (performance.now() - startedAtMs));
  return { name: target.name, inputs: count, accepted, perSecond };
}

const usage = `npm run fuzz -- [--count 1000000] [--seed N] [--only TEXT]
Throws so many inputs at every decoder, or at those whose name holds TEXT. A seed makes the same inputs again. Exits 1 at the first finding.`;

async function main(): Promise<void> {
  const defaults = { count: 1_000_000, seed: 1 + (Date.now() % 2 ** 32) };
  const { numbers, texts } = ask(usage, { numbers: defaults, texts: ['only'] });
  const { count, seed } = numbers;
  const chosen = targets.filter(({ name }) => name.includes(texts.only ?? ''));
  if (chosen.length === 0) refuse(usage, `there is ${targets.map(({ name }) => name).join(', ')}`);
  console.log(`fuzz: ${count} inputs for each decoder, seed ${seed}`);
  for (const target of chosen) {
    const { name, inputs, accepted, perSecond } = await fuzz(target, count, seed);
    console.log(`${name.padEnd(22)} ${inputs} inputs, ${accepted} accepted, ${perSecond}/s`);
  }
}

if (import.meta.main) await main();
