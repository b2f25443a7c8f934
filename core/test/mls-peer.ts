/** Members of an MLS group from two implementations, behind one interface: ours, and the program in ../mls-peer. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeIdentity } from '../src/identity.ts';
import type { Candidate, Group, Ratchet } from '../src/ratchet/ratchet.ts';

/** What the interop test asks of a member. `commit` takes effect at once for the one that makes it. */
export interface Member {
  readonly credential: Uint8Array;
  keyPackage(): Promise<Uint8Array>;
  create(groupId: Uint8Array): Promise<void>;
  join(welcome: Uint8Array): Promise<void>;
  commit(
    remove: readonly number[],
    add: readonly Uint8Array[],
  ): Promise<{ bytes: Uint8Array; welcome: Uint8Array | null }>;
  /** Follows another's commit, or is put out by it; throws when it is refused. */
  process(commit: Uint8Array): Promise<'followed' | 'out'>;
  protect(text: Uint8Array, aad: Uint8Array): Promise<Uint8Array>;
  /** Throws when it does not open. */
  unprotect(sealed: Uint8Array): Promise<{ credential: Uint8Array; text: Uint8Array; aad: Uint8Array }>;
  /** Leaf and credential of everyone, in the order of the tree. */
  roster(): Promise<string[]>;
  /** Epoch and epoch authenticator (RFC 9420 section 8.7). */
  authenticator(): Promise<string>;
  stop(): Promise<void>;
}

const program = join(import.meta.dirname, '..', '..', 'conformance', 'mls-peer');

/** Whether this machine can build the peer at all. */
export const hasCargo = spawnSync('cargo', ['--version']).status === 0;

/** Builds the peer, and gives the path of the program. Throws with the compiler's words when it does not build. */
export function buildPeer(): string {
  const built = spawnSync('nice', ['-n', '19', 'cargo', 'build', '--release', '--locked'], {
    cwd: program,
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(`the peer does not build: ${built.stderr}`);
  return join(process.env.CARGO_TARGET_DIR ?? join(program, 'target'), 'release', 'mls-peer');
}

/** A member of the other implementation: a process that answers one line to each of ours. */
export function theirs(path: string, credential: Uint8Array): Member {
  const child = spawn(path, [toHex(credential)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (...words: string[]): Promise<string[]> => {
    child.stdin.write(`${words.join(' ')}\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${words[0]}: the peer is gone`);
    const [state, ...results] = value.split(' ');
    if (state !== 'ok') throw new Error(`${words[0]}: ${results.join(' ')}`);
    return results;
  };
  const askBytes = async (...words: string[]): Promise<Uint8Array[]> => (await ask(...words)).map(fromHex);
  return {
    credential,
    keyPackage: async () => only(await askBytes('keypackage')),
    create: async (groupId) => void (await ask('create', toHex(groupId))),
    join: async (welcome) => void (await ask('join', toHex(welcome))),
    commit: async (remove, add) => {
      const [bytes = new Uint8Array(), welcome = null] = await askBytes(
        'commit',
        remove.join(',') || '-',
        ...add.map(toHex),
      );
      return { bytes, welcome };
    },
    process: async (commit) => ((await ask('process', toHex(commit)))[0] === 'removed' ? 'out' : 'followed'),
    protect: async (text, aad) => only(await askBytes('protect', toHex(text), toHex(aad))),
    unprotect: async (sealed) => {
      const [sender = new Uint8Array(), text = new Uint8Array(), aad = new Uint8Array()] = await askBytes(
        'unprotect',
        toHex(sealed),
      );
      return { credential: sender, text, aad };
    },
    roster: () => ask('roster'),
    authenticator: async () => (await ask('authenticator')).join(':'),
    stop: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/** A member of ours: the ratchet with its candidate and its group. */
export function ours(ratchet: Ratchet, credential: Uint8Array): Member {
  let candidate: Candidate | null = null;
  let held: Group | null = null;
  const makeCandidate = async (): Promise<Candidate> => {
    candidate = await ratchet.makeCandidate(await makeIdentity(), credential);
    return candidate;
  };
  const group = (): Group => given(held, 'not in a group');
  return {
    credential,
    keyPackage: async () => (await makeCandidate()).keyPackage,
    create: async (groupId) => {
      held = await ratchet.found(groupId, await makeCandidate());
    },
    join: async (welcome) => {
      held = given(await ratchet.join(welcome, given(candidate, 'no key package')), 'the Welcome is refused');
    },
    commit: async (remove, add) => {
      const made = given(await ratchet.commit(group(), remove, add), 'the commit cannot be made');
      held = ratchet.apply(group(), made);
      return made;
    },
    process: async (commit) => {
      const result = await ratchet.process(group(), commit, () => true);
      // 'failed' is what a member gets whose leaf the same commit gave to another: it is out all the same.
      if (result === 'removed' || result === 'failed') return 'out';
      if (typeof result === 'string') throw new Error(`process: ${result}`);
      held = result.group;
      return 'followed';
    },
    protect: async (text, aad) => {
      const made = await ratchet.protect(group(), text, aad);
      held = made.group;
      return made.bytes;
    },
    unprotect: async (sealed) => {
      const opened = given(await ratchet.unprotect(group(), sealed), 'unprotect: it does not open');
      held = opened.group;
      return { credential: opened.sender.credential, text: opened.message, aad: opened.aad };
    },
    roster: async () => ratchet.leaves(group()).map((leaf) => `${leaf.index}:${toHex(leaf.credential)}`),
    authenticator: async () => `${ratchet.epoch(group())}:${toHex(ratchet.authenticator(group()))}`,
    stop: async () => {
      if (held !== null) ratchet.forget(held);
    },
  };
}

function given<T>(value: T | null, why: string): T {
  if (value === null) throw new Error(why);
  return value;
}

function only(values: Uint8Array[]): Uint8Array {
  const [value] = values;
  if (value === undefined || values.length !== 1) throw new Error(`one result expected, ${values.length} came`);
  return value;
}

/** Hex, and `-` for no bytes: a word of the peer's lines is never empty. */
function toHex(bytes: Uint8Array): string {
  return bytes.length === 0 ? '-' : Buffer.from(bytes).toString('hex');
}

function fromHex(text: string): Uint8Array {
  return text === '-' ? new Uint8Array() : new Uint8Array(Buffer.from(text, 'hex'));
}
