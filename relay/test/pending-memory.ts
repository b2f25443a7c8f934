// Prints how many bytes of the process's memory a room that nobody has joined takes (RM-1).
import { floorEffort } from '@pug/wire';
import { Pending } from '../src/pending.ts';

const count = 1_000_000;
const warmUp = 100_000;
const pending = new Pending(count, 120_000);
const ownerKey = new Uint8Array(32).fill(1);
let beforeBytes = 0;
for (let number = 0; number < count; number++) {
  // The first rooms warm the runtime up, whose own memory is not what is measured.
  if (number === warmUp) beforeBytes = rssBytes();
  const roomId = new Uint8Array(16);
  new DataView(roomId.buffer).setUint32(12, number);
  const grant = { expiresAtMs: 3_600_000, ttlSeconds: 3600, capacity: 2, ownerKey, solution: BigInt(number + 1) };
  pending.add(roomId, grant, floorEffort);
}
console.log((rssBytes() - beforeBytes) / (pending.size - warmUp));

function rssBytes(): number {
  Bun.gc(true);
  return process.memoryUsage.rss();
}
