import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { Seats } from '../src/seats.ts';

test('seats are what a map of them would be, in the order members came', () => {
  const moves = fc.array(fc.record({ what: fc.constantFrom('set', 'delete', 'get', 'clear'), member: fc.nat(8) }));
  fc.assert(
    fc.property(moves, (all) => {
      const [seats, map] = [new Seats<string>(), new Map<number, string>()];
      let last = 8;
      for (const { what, member } of all) {
        if (what === 'set') {
          last++;
          seats.set(last, `seat ${last}`);
          map.set(last, `seat ${last}`);
        } else if (what === 'delete') {
          // One of the last few to come, or one who never was.
          seats.delete(last - member);
          map.delete(last - member);
        } else if (what === 'clear' && member === 0) {
          seats.clear();
          map.clear();
        }
        expect(seats.get(last - member)).toBe(map.get(last - member));
        expect([...seats.values()]).toEqual([...map.values()]);
        expect(seats.size).toBe(map.size);
      }
    }),
  );
});
