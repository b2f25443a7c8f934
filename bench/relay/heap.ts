// Loaded before the relay in a soak: says every few seconds how large the JavaScript heap is, which nobody outside the process can see.
import { writeFileSync } from 'node:fs';

const everyMs = 5000;
const path = process.env.BENCH_HEAP_FILE;

if (path !== undefined) {
  setInterval(() => writeFileSync(path, String(process.memoryUsage().heapUsed)), everyMs).unref();
}
