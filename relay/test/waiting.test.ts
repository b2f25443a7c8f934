import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { Waiting } from '../src/waiting.ts';

/** Milliseconds for ten thousand times that the first goes and another comes, while so many wait and thousands came and went before. */
function turnsMs(count: number): number {
  const waiting = new Waiting<object>(1000);
  const turn = (times: number) => {
    for (let time = 0; time < times; time++) {
      const first = waiting.first();
      if (first !== null) waiting.delete(first);
      waiting.add({}, 0);
    }
  };
  for (let number = 0; number < count; number++) waiting.add({}, 0);
  turn(20_000);
  const startMs = performance.now();
  turn(10_000);
  return performance.now() - startMs;
}

test('LM-7 who has waited longest is found among ten thousand nearly as fast as among ten', () => {
  const [few, many] = [10, 10_000].map((count) => Math.min(turnsMs(count), turnsMs(count)));
  expect(many).toBeLessThan(40 * (few ?? 0));
});

test('LM-7 SK-4 any mix of coming, going and waiting agrees with a list', () => {
  const kinds = fc.constantFrom('come', 'come', 'look', 'go', 'goFirst', 'pass');
  const moves = fc.array(fc.tuple(kinds, fc.nat(9)), { maxLength: 200 });
  fc.assert(
    fc.property(moves, (steps) => {
      const waiting = new Waiting<number>(10);
      const list: { readonly item: number; readonly deadlineMs: number }[] = [];
      let nowMs = 0;
      steps.forEach(([kind, number], item) => {
        if (kind === 'come') {
          waiting.add(item, nowMs);
          list.push({ item, deadlineMs: nowMs + 10 });
        } else if (kind === 'go' || kind === 'goFirst') {
          const [gone] = list.splice(kind === 'go' ? number : 0, 1);
          if (gone !== undefined) waiting.delete(gone.item);
        } else if (kind === 'pass') {
          nowMs += number;
          const due = list.filter(({ deadlineMs }) => deadlineMs <= nowMs).map((one) => one.item);
          expect([...waiting.expire(nowMs)]).toEqual(list.splice(0, due.length) && due);
        }
        expect([waiting.size, waiting.first()]).toEqual([list.length, list[0]?.item ?? null]);
      });
    }),
  );
});
