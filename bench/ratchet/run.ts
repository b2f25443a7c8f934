/** npm run bench:ratchet -- [--sizes 2,6,20,32,100] [--rounds 9]: what end-to-end encryption costs. */
import { parseArgs } from 'node:util';
import { runCommand } from '../lib/command.ts';
import { packageVersion } from '../lib/machine.ts';
import { measureRatchet } from './rooms.ts';

/** A room grows: the sizes ascend. */
function sizesOf(text: string): readonly number[] {
  const sizes = text.split(',').map(Number);
  const ascends = sizes.every((size, at) => Number.isInteger(size) && size > (sizes[at - 1] ?? 1));
  if (!ascends) throw new Error('sizes are whole numbers from 2, each greater than the one before');
  return sizes;
}

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: '2,6,20,32,100' },
      rounds: { type: 'string', default: '9' },
    },
  });
  const sizes = sizesOf(values.sizes);
  const packages = await Promise.all(['ts-mls', '@hpke/hybridkem-x-wing', 'vite'].map(packageVersion));
  const ratchet = async () => console.log(`${await measureRatchet(sizes, Number(values.rounds))}\n`);
  return { measurements: { ratchet }, names: [], about: [`Bun ${Bun.version}, ${packages.join(', ')}`] };
});
