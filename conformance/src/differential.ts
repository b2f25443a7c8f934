/** The same random sessions with two relays, whose transcripts must be the same. */
import { join } from 'node:path';
import { ask } from '../../tools/usage.mjs';
import { Stage } from './differential-stage.ts';
import { arrive, steps } from './differential-steps.ts';
import { pickFrom } from './mutate.ts';
import { type Relay, relayIn, startRelay } from './relay.ts';

const usage = `npm run differential -- [--sessions 10000] [--seed 1]
Plays the same random sessions with the relay of this tree and with the one in Go, or that of PUG_RELAY_COMMAND where it is run alone. Exits 1 at the
first difference.`;
const { sessions, seed } = ask(usage, { numbers: { sessions: 1000, seed: 1 } }).numbers;
const root = join(import.meta.dir, '..', '..');

const mostSteps = 30;
/** A room costs work, twice; what a session leaves of it is no more than numbers that go on. */
const sessionsInARoom = 40;
/**
 * A relay that cannot see who has gone tells a tenth of all its sockets their end in 18 s, and no more (LM-9): 403 where a process may have
 * 4,096 descriptors. A session tells two.
 */
const sessionsOfARelay = 200;
/** Rates are out of the way: how many messages fit into a second is a matter of time. */
const flags = [
  ...['--shared', '--ttl-seconds-max', '3600', '--messages-per-second', '4000', '--message-burst', '1000000'],
  ...['--bytes-per-second', '1000000000', '--byte-burst', '1000000000'],
];

async function play(stage: Stage, session: number): Promise<readonly string[]> {
  const pick = pickFrom(seed * 1_000_003 + session);
  await stage.begin(sessionsInARoom);
  for (const owner of [true, pick(2) === 0]) await arrive(stage, { owner });
  for (let left = 4 + pick(mostSteps - 4); left > 0; left--) await steps[pick(steps.length)]?.(stage, pick);
  await stage.end();
  // Each socket has one order (SK-9); what two of them hear at the same time has none.
  return stage.lines.toSorted((one, other) => nameOf(one).localeCompare(nameOf(other)));
}

const nameOf = (line: string) => /^(?:guest \d+|\w+)/.exec(line)?.[0] ?? '';

function report(session: number, [ours, other]: readonly (readonly string[])[]): never {
  const at = (ours ?? []).findIndex((line, index) => line !== other?.[index]);
  const from = at < 0 ? (ours?.length ?? 0) : at;
  console.log(`session ${session} (--seed ${seed}) differs at line ${from + 1}:`);
  for (const line of (ours ?? []).slice(Math.max(0, from - 12), from)) console.log(`  ${line.slice(0, 300)}`);
  console.log(`- ${ours?.[from] ?? '(nothing)'}\n+ ${other?.[from] ?? '(nothing)'}`);
  process.exit(1);
}

let relays: readonly Relay[] = [];
const end = () => {
  for (const { process } of relays) process?.child.kill('SIGKILL');
};
process.on('exit', end);
let stages: readonly Stage[] = [];
let heard = 0;
const startedMs = performance.now();
for (let session = 0; session < sessions; session++) {
  if (session % sessionsOfARelay === 0) {
    end();
    relays = [await startRelay(flags, relayIn(root)), await startRelay(flags)];
    stages = relays.map((relay) => new Stage(relay));
  }
  const transcripts = await Promise.all(stages.map((stage) => play(stage, session)));
  if (transcripts[0]?.join('\n') !== transcripts[1]?.join('\n')) report(session, transcripts);
  heard += transcripts[0]?.length ?? 0;
}
const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
console.log(
  `${sessions} sessions, ${heard} things heard from each relay, no difference (${seconds} s, --seed ${seed})`,
);
process.exit(0);
