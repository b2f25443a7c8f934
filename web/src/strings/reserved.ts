/** What the page itself calls the reader and an owner, in every language it speaks: a person of such a name would be taken for them. */
const reserved: ReadonlySet<string> = new Set(['you', 'owner', 'sie', 'inhaber']);

/** What may stand around letters and change no word: signs, marks, and blanks that are no white space, such as U+2800. */
const beside = /[^\p{L}\p{N}]/gu;

/** Whether `name` is one of the page's own words (CL-8): without regard to case, to the form of its letters (NFKC), and to all beside them. */
export function isReserved(name: string): boolean {
  return reserved.has(name.normalize('NFKC').replace(beside, '').toLowerCase());
}
