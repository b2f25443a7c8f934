/** Lines of the log in words: as they are drawn, and as they are spoken. */
import type { Line, MemberView } from '@pug/client';
import { plain, type Sentence, type Who } from '../strings/sentence.ts';
import { words } from '../strings/words.ts';
import { nameOf } from './name.ts';

/** So much of a text is spoken: whoever listens cannot skip it. */
const spokenStart = /^.{0,300}/su;

/** A line that is no text, as one sentence; `tag` is that of the member it is about. */
export function sentenceOf(line: Exclude<Line, { kind: 'text' }>, tag: string | null): Sentence {
  const { lines } = words.value;
  if (line.kind === 'locked') return [line.locked ? lines.locked : lines.unlocked];
  if (line.kind === 'gap') return [lines.gap(line.fromMs, line.toMs)];
  if (!('member' in line)) return [lines[line.kind]];
  const who = { name: nameOf(line.name, line.member), tag };
  if (line.kind === 'renamed') return lines.renamed({ name: nameOf(line.before, line.member), tag }, who);
  if (line.kind === 'left') return lines.left(who, line.why ?? 'unknown');
  if (line.kind === 'joined') return line.back ? lines.back(who) : lines.joined(who);
  return lines[line.kind](who);
}

/** What is said of a line. `members` are those in the room: who shares a name with another of them is told with the tag. */
export function spokenOf(line: Line, tag: string | null, members: readonly MemberView[]): string {
  const isShared = (name: string, of: number) =>
    members.some((other) => other.number !== of && isSame(nameOf(other.name, other.number), name));
  const called = ({ name, tag }: Who) =>
    tag !== null && 'member' in line && isShared(name, line.member) ? `${name} ${tag}` : name;
  if (line.kind !== 'text') return plain(sentenceOf(line, tag), called);
  return words.value.announce.message(called({ name: nameOf(line.name, line.member), tag }), brief(line.text));
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** A text in one line: what stands on a line of its own could be heard as a line of another. */
function brief(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  const [start = ''] = spokenStart.exec(line) ?? [];
  return start === line ? line : words.value.announce.long(start);
}
