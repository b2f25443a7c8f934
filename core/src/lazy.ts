/** `make`, called when its result is first needed: what takes milliseconds to make is no part of starting a page. */
export function lazy<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
