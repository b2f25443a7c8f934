import { expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Counts } from '../src/counts.ts';

test('OP-7 an ended socket is counted once, and as a join only before it was a member', () => {
  const counts = new Counts();
  counts.ended('unjoined', 'not_found');
  counts.joined();
  counts.joined();
  counts.ended('seated', 'flooding');
  counts.ended('gone', 'lost');
  expect([counts.members, counts.joins.joined, counts.joins.not_found, counts.joins.flooding]).toEqual([1, 2, 1, 0]);
  expect([counts.closes.not_found, counts.closes.flooding, counts.closes.lost]).toEqual([1, 1, 0]);
});

test('OP-12 only the clock and the log ask for the time of day', () => {
  const folder = join(import.meta.dir, '..', 'src');
  const asking = readdirSync(folder).filter((name) =>
    /\bDate\.now\(|\bnew Date\(\)/.test(readFileSync(join(folder, name), 'utf8')),
  );
  expect(asking.toSorted()).toEqual(['clock.ts', 'log.ts']);
});
