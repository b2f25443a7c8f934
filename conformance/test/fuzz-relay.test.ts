/** A small run of `npm run fuzz:relay`: the noise that CI can afford. */
import { expect, test } from 'bun:test';
import { fuzzRelay } from '../src/fuzz-relay.ts';

test('SK-13 RL-2 HT-1 random and mutated input crashes no relay, fills no memory and slows no neighbour', async () => {
  expect(await fuzzRelay({ count: 3000, seed: 20_260_101, quietMs: 1500 })).toEqual([]);
}, 60_000);
