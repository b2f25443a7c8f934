/** What the page itself calls the reader and an owner, in every language it speaks: a person of such a name would be taken for them. */
const reserved: ReadonlySet<string> = new Set(['you', 'owner', 'sie', 'inhaber']);

/** Whether `name`, cleaned, is one of the page's own words: without regard to case and to the form of its letters (NFKC). */
export function isReserved(name: string): boolean {
  return reserved.has(name.normalize('NFKC').toLowerCase());
}
