/** What end-to-end encryption costs. */
import { ask, refuse } from '../../tools/usage.mjs';
import { runCommand } from '../lib/command.ts';
import { packageVersion } from '../lib/machine.ts';
import { measureRatchet } from './rooms.ts';

const usage = `npm run bench:ratchet -- [--sizes 2,6,20,32,100] [--rounds 9]
Measures what end-to-end encryption costs. Sizes are whole numbers from 2, each greater than the one before.`;

/** A room grows: the sizes ascend. */
function sizesOf(text: string): readonly number[] {
  const sizes = text.split(',').map(Number);
  const ascends = sizes.every((size, at) => Number.isInteger(size) && size > (sizes[at - 1] ?? 1));
  if (!ascends) refuse(usage, '--sizes does not ascend, or holds something else');
  return sizes;
}

const { numbers, texts } = ask(usage, { numbers: { rounds: 9 }, texts: ['sizes'] });
const sizes = sizesOf(texts.sizes ?? '2,6,20,32,100');

await runCommand(async () => {
  const packages = await Promise.all(['ts-mls', '@hpke/hybridkem-x-wing', 'vite'].map(packageVersion));
  const ratchet = async () => console.log(`${await measureRatchet(sizes, numbers.rounds)}\n`);
  return { usage, measurements: { ratchet }, names: [], about: [`Bun ${Bun.version}, ${packages.join(', ')}`] };
});
