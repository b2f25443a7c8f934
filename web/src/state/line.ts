/** Lines of the log that are not texts, as sentences. */
import type { Line } from '@pug/client';
import { words } from '../strings/words.ts';

/** The one-sentence form of a line that is no text. */
export function sentenceOf(line: Exclude<Line, { kind: 'text' }>): string {
  if (line.kind === 'locked') return line.locked ? words.lines.locked : words.lines.unlocked;
  if (line.kind === 'gap') return words.lines.gap(line.fromMs, line.toMs);
  if (line.kind === 'renamed') return words.lines.renamed(line.before, line.name);
  if (line.kind === 'dropped' || line.kind === 'uncompared') return words.lines[line.kind];
  const name = line.name ?? words.room.someone(line.member);
  if (line.kind === 'left') return words.lines.left(name, line.why ?? 'unknown');
  if (line.kind === 'joined') return line.back ? words.lines.back(name) : words.lines.joined(name);
  return words.lines[line.kind](name);
}
