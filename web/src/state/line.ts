/** Lines of the log that are not texts, as sentences. */
import type { Line } from '@pug/client';
import { words } from '../strings/words.ts';

/** The one-sentence form of a line that is no text. */
export function sentenceOf(line: Exclude<Line, { kind: 'text' }>): string {
  if (line.kind === 'locked') return line.locked ? words.value.lines.locked : words.value.lines.unlocked;
  if (line.kind === 'gap') return words.value.lines.gap(line.fromMs, line.toMs);
  if (line.kind === 'renamed') return words.value.lines.renamed(line.before, line.name);
  if (line.kind === 'dropped' || line.kind === 'uncompared' || line.kind === 'different')
    return words.value.lines[line.kind];
  const name = line.name ?? words.value.room.someone(line.member);
  if (line.kind === 'left') return words.value.lines.left(name, line.why ?? 'unknown');
  if (line.kind === 'joined') return line.back ? words.value.lines.back(name) : words.value.lines.joined(name);
  return words.value.lines[line.kind](name);
}
