/** Everything that a page's JavaScript still holds (Chromium): its heap after a collection, as text to be searched. */
import type { Page } from '@playwright/test';

/** The whole snapshot. Every string that something holds stands in it; the contents of byte arrays do not. */
export async function heapOf(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await session.send('HeapProfiler.enable');
  // What weak references and finalizers hold goes with a later collection than the first.
  for (let round = 0; round < 3; round++) await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  return chunks.join('');
}
