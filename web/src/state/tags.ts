/** Who has which tag (CR-16), also of those who have left. */
import { type Line, type MemberView, maxLines } from '@pug/client';
import { type Log, tagLines } from './log.ts';

const maxTags = 2 * maxLines;

/** Whoever comes over and over must not fill the memory: when there are too many, tags stay of members who are here or whom lines tell of. */
export function forgetTags(
  tags: Map<number, string>,
  members: readonly Pick<MemberView, 'number'>[],
  lines: readonly Line[],
): void {
  if (tags.size <= maxTags) return;
  const told = lines.flatMap((line) => ('member' in line ? [line.member] : []));
  const kept = new Set([...members.map(({ number }) => number), ...told]);
  for (const number of tags.keys()) if (!kept.has(number)) tags.delete(number);
}

interface TagBook {
  /** By number. */
  readonly tags: Map<number, string>;
  readonly log: Log;
}

/** Takes over the tags of `members`, and puts those that were not known yet on the lines that came before them. */
export function noteTags({ tags, log }: TagBook, members: readonly MemberView[]): void {
  for (const { number, tag } of members) {
    // Another than before, when somebody took the number: what is said from now on is theirs.
    if (tag === null || tags.get(number) === tag) continue;
    tags.set(number, tag);
    tagLines(log, number, tag);
  }
}
