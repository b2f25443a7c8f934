/** Work that may go on beside other work. */

/** Starts `work` for every item, so many at once, in order. */
export function inLanes<T, R>(items: readonly T[], lanes: number, work: (item: T) => Promise<R>): Promise<R>[] {
  const started: Promise<R>[] = [];
  for (const [at, item] of items.entries()) {
    const before = started[at - lanes];
    const start = () => work(item);
    started.push(before === undefined ? start() : before.then(start, start));
  }
  // Whoever asks for a result hears of its error; until then it is nobody's.
  for (const result of started) result.catch(() => undefined);
  return started;
}
