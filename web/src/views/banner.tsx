/** The state of the connection and of what was asked, said where the eye is: above the composer, with what it means for what is being written. */
import type { ComponentChildren } from 'preact';
import { troubleOf, waitingOf } from '../state/notices.ts';
import { circumstancesOf, nowMs, type Room } from '../state/room.ts';
import { words } from '../strings/words.ts';
import { told } from './tag.tsx';

const secondsUntil = (atMs: number) => Math.max(0, Math.ceil((atMs - nowMs.value) / 1000));

export function Banner({ room }: { room: Room }) {
  const now = circumstancesOf(room);
  const trouble = troubleOf(now);
  return (
    <div>
      {trouble === null ? <Connected room={room} /> : <Trouble room={room} trouble={trouble} />}
      {waitingOf(now).map((notice, at) => (
        <Strip key={`${at}`} tone="bad">
          <span>{told(notice)}</span>
        </Strip>
      ))}
      <Warning room={room} />
    </div>
  );
}

/** The room closes soon. */
function Warning({ room }: { room: Room }) {
  const expiresAtMs = room.view.value?.expiresAtMs ?? 0;
  if (nowMs.value >= room.warnedUntilMs.value) return null;
  return <Strip tone="bad">{words.value.room.warning(secondsUntil(expiresAtMs) * 1000)}</Strip>;
}

function Connected({ room }: { room: Room }) {
  const closingAtMs = room.view.value?.closingAtMs ?? null;
  if (room.view.value?.admitted === false) return <Strip tone="good">{words.value.banner.arriving}</Strip>;
  if (room.isBack.value) return <Strip tone="good">{words.value.banner.back}</Strip>;
  return closingAtMs === null ? null : (
    <Strip tone="bad">{words.value.banner.closing(secondsUntil(closingAtMs))}</Strip>
  );
}

function Trouble({ room, trouble }: { room: Room; trouble: string }) {
  const connection = room.connection.value;
  const isTrying = connection.state === 'connecting';
  const { banner } = words.value;
  const next = connection.state === 'waiting' ? banner.retryIn(secondsUntil(connection.retryAtMs)) : banner.retrying;
  return (
    <Strip tone="bad">
      <span>
        <strong>{trouble}</strong> {connection.state !== 'joined' && `${banner.kept} ${next}`}
      </span>
      {/* Not `disabled`: that would take the focus from whoever has just pressed it. */}
      <button type="button" aria-disabled={isTrying} onClick={() => isTrying || room.session.wake()}>
        {banner.tryNow}
      </button>
    </Strip>
  );
}

function Strip({ tone, children }: { tone: 'good' | 'bad'; children: ComponentChildren }) {
  return <div class={`banner ${tone}`}>{children}</div>;
}
