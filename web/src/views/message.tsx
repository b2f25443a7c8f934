/** One line of the log. Text is text nodes and anchors, never markup. */
import type { Line } from '@pug/client';
import { sentenceOf } from '../state/line.ts';
import { pieces } from '../state/links.ts';
import type { Entry } from '../state/log.ts';
import { words } from '../strings/words.ts';
import { Icon } from './icon.tsx';
import { KeyTag } from './tag.tsx';

/** What the relay did wrong, what cannot be trusted any more, and what is only missing. */
const looks: Partial<Record<Line['kind'], string>> = {
  dropped: 'warning',
  forked: 'warning',
  uncompared: 'warning mild',
  gap: 'gap',
};

type TextLine = Extract<Line, { kind: 'text' }>;

export function MessageText({ text }: { text: string }) {
  return (
    <p class="text" dir="auto">
      {pieces(text).map((piece, at) =>
        piece.kind === 'text' ? (
          piece.text
        ) : (
          <a key={`${at}`} href={piece.href} target="_blank" rel="noreferrer noopener nofollow">
            {piece.text}
          </a>
        ),
      )}
    </p>
  );
}

export function LogLine({ entry }: { entry: Entry }) {
  const { line } = entry;
  if (line.kind === 'text') return <Message line={line} entry={entry} />;
  return (
    <li class={`event ${looks[line.kind] ?? ''}`}>
      <span dir="auto">{sentenceOf(line)}</span> <KeyTag tag={entry.tag} />{' '}
      {line.kind !== 'gap' && <Time atMs={line.atMs} />}
    </li>
  );
}

function Message({ line, entry: { startsGroup, alone, tag } }: { line: TextLine; entry: Entry }) {
  const name = line.own ? words.value.room.you : (line.name ?? words.value.room.someone(line.member));
  return (
    <li class={`message ${line.own ? 'own' : 'other'} ${startsGroup ? 'first' : ''}`}>
      <p class={startsGroup ? 'author' : 'author unseen'}>
        <bdi>{name}</bdi> {!line.own && <KeyTag tag={tag} />} <Time atMs={line.atMs} />
      </p>
      <MessageText text={line.text} />
      {line.own && alone && <p class="nobody">{words.value.room.nobody}</p>}
      {line.own && !alone && (
        <span class="state" role="img" aria-label={words.value.room.sent} title={words.value.room.sent}>
          <Icon name="check" />
        </span>
      )}
    </li>
  );
}

function Time({ atMs }: { atMs: number }) {
  return (
    <time datetime={new Date(atMs).toISOString()} title={words.value.exactTime(atMs)}>
      {words.value.time(atMs)}
    </time>
  );
}
