/** npm run bench:create -- [rooms|solvers …] [--runs 40] [--rounds 5] [--ms 1000]: what a room costs the one who opens it. */
import { parseArgs } from 'node:util';
import { stopAll } from '../lib/lines.ts';
import { describeMachine, loadAverages, versionOf } from '../lib/machine.ts';
import { measureRooms } from './rooms.ts';
import { measureSolvers } from './solvers.ts';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '40' },
      rounds: { type: 'string', default: '5' },
      ms: { type: 'string', default: '1000' },
    },
  });
  const unknown = positionals.filter((name) => name !== 'rooms' && name !== 'solvers');
  if (unknown.length > 0) throw new Error(`there is rooms and solvers; not ${unknown.join(', ')}`);
  const wants = (name: string) => positionals.length === 0 || positionals.includes(name);
  console.log(`${await describeMachine()}\nBun ${Bun.version}, ${versionOf(['cc', '--version'])}`);
  console.log(`load averages before the run: ${await loadAverages()}\n`);
  if (wants('rooms')) await measureRooms(Number(values.runs));
  if (wants('solvers')) console.log(await measureSolvers(Number(values.rounds), Number(values.ms)));
  console.log(`load averages after the run: ${await loadAverages()}`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await stopAll();
}
