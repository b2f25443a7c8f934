/** npm run bench:create -- [rooms|solvers …] [--runs 40] [--rounds 5] [--ms 1000]: what a room costs the one who opens it. */
import { readArguments, runCommand } from '../lib/command.ts';
import { versionOf } from '../lib/machine.ts';
import { measureRooms } from './rooms.ts';
import { measureSolvers } from './solvers.ts';

await runCommand(() => {
  const { names, numbers } = readArguments({ runs: 40, rounds: 5, ms: 1000 });
  const measurements = {
    rooms: () => measureRooms(numbers.runs),
    solvers: async () => console.log(await measureSolvers(numbers.rounds, numbers.ms)),
  };
  return { measurements, names, about: [`Bun ${Bun.version}, ${versionOf(['cc', '--version'])}`] };
});
