// Prints what counting sockets and rooms from a million address prefixes leaves behind (LM-4, PW-17).
import { Crowds } from '../../src/crowds.ts';
import { Prefixes } from '../../src/prefixes.ts';

const count = 1_000_000;
/** As many as may stand in the doorway at once (LM-7). */
const atOnce = 10_000;
const [prefixes, crowds] = [new Prefixes<number>(20, 0), new Crowds(0)];
visit(atOnce);
const beforeBytes = rssBytes();
for (let done = 0; done < count; done += atOnce) visit(atOnce, done);
console.log(JSON.stringify({ entries: prefixes.size, grownBytes: rssBytes() - beforeBytes }));

function visit(visitors: number, from = 0): void {
  const places = Array.from({ length: visitors }, (_, visitor) => {
    const address = new Uint8Array(4);
    new DataView(address.buffer).setUint32(0, (from + visitor) << 8);
    crowds.count(crowds.of(address, from));
    const place = prefixes.placeOf(address, from);
    prefixes.enter(place, visitor);
    return place;
  });
  for (const [visitor, place] of places.entries()) prefixes.leave(place, visitor);
}

function rssBytes(): number {
  Bun.gc(true);
  return process.memoryUsage.rss();
}
