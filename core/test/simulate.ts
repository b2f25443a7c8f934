/** Simulates rooms (CR-12): `npm run simulate -- --seeds 1000 --from 1 --members 6`. */
import { parseArgs } from 'node:util';
import { simulate } from './simulator.ts';

const usage = `npm run simulate -- [--seeds 100] [--from 1] [--members 6] [--friendly] [--trace]
Plays rooms of up to so many members by seed: every room must converge. A failing seed is printed with the command that plays it again.
--friendly has an honest relay, --trace prints what happens.`;

function readOptions() {
  try {
    return parseArgs({
      options: {
        seeds: { type: 'string', default: '100' },
        from: { type: 'string', default: '1' },
        members: { type: 'string', default: '6' },
        trace: { type: 'boolean', default: false },
        friendly: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(1);
  }
}

const values = readOptions();
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const [seeds, from, members] = [Number(values.seeds), Number(values.from), Number(values.members)];
const friendly = values.friendly ? ' --friendly' : '';
const startedAtMs = performance.now();
let [converged, commits, texts, slowestMs] = [0, 0, 0, 0];
const happened = new Map<string, number>();

for (let seed = from; seed < from + seeds; seed++) {
  const trace = values.trace ? { trace: (line: string) => console.log(line) } : {};
  const outcome = await simulate({ seed, members, hostile: !values.friendly, ...trace }).catch((error: unknown) => {
    return { problem: `thrown: ${error}`, settledMs: 0, commits: 0, texts: 0, happened: new Map<string, number>() };
  });
  commits += outcome.commits;
  texts += outcome.texts;
  for (const [kind, times] of outcome.happened) happened.set(kind, (happened.get(kind) ?? 0) + times);
  slowestMs = Math.max(slowestMs, outcome.settledMs);
  if (outcome.problem === null) converged++;
  else
    console.log(
      `seed ${seed}: ${outcome.problem}\n  npm run simulate -- --seeds 1 --from ${seed} --members ${members}${friendly} --trace`,
    );
}

const tookMs = performance.now() - startedAtMs;
console.log(
  `${converged} of ${seeds} rooms of up to ${members} converged, the slowest in ${slowestMs / 1000} s of their time; ` +
    `${commits} commits, ${texts} texts, ${(tookMs / seeds).toFixed(0)} ms each`,
);
console.log(`happened: ${Array.from(happened, ([kind, times]) => `${kind} ${times}`).join(', ')}`);
process.exitCode = converged === seeds ? 0 : 1;
