// Loaded into a relay before it starts: at SIGUSR2 it collects garbage and writes how many objects of each type the runtime holds.
import { heapStats } from 'bun:jsc';

process.on('SIGUSR2', () => {
  Bun.gc(true);
  process.stderr.write(`${JSON.stringify({ heap: heapStats().objectTypeCounts })}\n`);
});
