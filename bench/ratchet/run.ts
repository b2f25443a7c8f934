/** npm run bench:ratchet -- [--sizes 2,6,20,32,100] [--rounds 9]: what end-to-end encryption costs. */
import { parseArgs } from 'node:util';
import { stopAll } from '../lib/lines.ts';
import { describeMachine, loadAverages, packageVersion } from '../lib/machine.ts';
import { measureRatchet } from './rooms.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: '2,6,20,32,100' },
      rounds: { type: 'string', default: '9' },
    },
  });
  const packages = await Promise.all(['ts-mls', '@hpke/hybridkem-x-wing', 'vite'].map(packageVersion));
  const sizes = sizesOf(values.sizes);
  console.log(`${await describeMachine()}\nBun ${Bun.version}, ${packages.join(', ')}`);
  console.log(`load averages before the run: ${await loadAverages()}\n`);
  console.log(`${await measureRatchet(sizes, Number(values.rounds))}\n`);
  console.log(`load averages after the run: ${await loadAverages()}`);
}

/** A room grows: the sizes ascend. */
function sizesOf(text: string): readonly number[] {
  const sizes = text.split(',').map(Number);
  const ascends = sizes.every((size, at) => Number.isInteger(size) && size > (sizes[at - 1] ?? 1));
  if (!ascends) throw new Error('sizes are whole numbers from 2, each greater than the one before');
  return sizes;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await stopAll();
}
