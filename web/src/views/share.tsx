/** Share: the link, how to send it, and who has come by it. */
import { useSignal } from '@preact/signals';
import type { RoomView } from '@pug/client';
import { useId } from 'preact/hooks';
import { canShare, share } from '../platform/device.ts';
import { keepPrivate } from '../platform/page.ts';
import { nameOf } from '../state/name.ts';
import type { Room } from '../state/room.ts';
import { heldLink } from '../state/secret.ts';
import { words } from '../strings/words.ts';
import { CopyButton } from './copy.tsx';
import { DialogFrame } from './dialog.tsx';
import { QrCode } from './qr.tsx';
import { told } from './tag.tsx';

export function ShareDialog({ room }: { room: Room }) {
  const id = useId();
  const showsQr = useSignal(false);
  const view = room.view.value;
  return (
    <DialogFrame heading={words.value.share.heading}>
      <p>{words.value.share.warning}</p>
      <label for={id}>{words.value.share.link}</label>
      <input
        id={id}
        class="link-field"
        dir="ltr"
        ref={keepPrivate}
        readOnly
        value={heldLink()}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div class="actions">
        <CopyButton
          main
          text={heldLink}
          label={words.value.share.copy}
          copied={words.value.share.copied}
          failed={words.value.share.copyFailed}
        />
        {canShare && (
          <button type="button" onClick={() => void share(words.value.product, heldLink())}>
            {words.value.share.system}
          </button>
        )}
        <button
          type="button"
          aria-expanded={showsQr.value}
          onClick={() => {
            showsQr.value = !showsQr.value;
          }}
        >
          {showsQr.value ? words.value.share.qrHide : words.value.share.qrShow}
        </button>
      </div>
      {view !== null && <Others view={view} />}
      {showsQr.value && <QrCode text={heldLink()} />}
      <p class="hint">{words.value.share.mail}</p>
    </DialogFrame>
  );
}

/** Who came last, and who still can. The voice says it as part of the log. */
function Others({ view: { members, capacity, locked } }: { view: RoomView }) {
  const { share, lines, people } = words.value;
  const last = members.findLast(({ self }) => !self);
  return (
    <div>
      {last === undefined ? (
        <>
          <p>{share.waiting}</p>
          <p class="hint">{share.stay}</p>
        </>
      ) : (
        <p class="good">{told(lines.joined({ name: nameOf(last.name, last.number), tag: last.tag }))}</p>
      )}
      <p class="hint">{locked ? lines.locked : people.free(Math.max(0, capacity - members.length))}</p>
    </div>
  );
}
