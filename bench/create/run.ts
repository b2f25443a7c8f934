/** What a room costs the one who opens it. */
import { ask } from '../../tools/usage.mjs';
import { runCommand } from '../lib/command.ts';
import { versionOf } from '../lib/machine.ts';
import { measureRooms } from './rooms.ts';
import { measureSolvers } from './solvers.ts';

const usage = `npm run bench:create -- [rooms|solvers …] [--runs 40] [--rounds 5] [--ms 1000]
Measures what a room costs the one who opens it.`;
const { names, numbers } = ask(usage, { numbers: { runs: 40, rounds: 5, ms: 1000 }, names: true });

await runCommand(() => {
  const measurements = {
    rooms: () => measureRooms(numbers.runs),
    solvers: async () => console.log(await measureSolvers(numbers.rounds, numbers.ms)),
  };
  return { usage, measurements, names, about: [`Bun ${Bun.version}, ${versionOf(['cc', '--version'])}`] };
});
