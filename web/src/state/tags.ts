/** Whose tags are remembered. */
import { type Line, type MemberView, maxLines } from '@pug/client';

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
