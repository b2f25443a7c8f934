/** Share: the link, and how to send it. */
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { canShare, share } from '../platform/device.ts';
import { linkOf } from '../platform/fragment.ts';
import { keepPrivate } from '../platform/page.ts';
import { heldSecret } from '../state/secret.ts';
import { words } from '../strings/words.ts';
import { CopyButton } from './copy.tsx';
import { DialogFrame } from './dialog.tsx';
import { QrCode } from './qr.tsx';

/** The link of the room one is in, read where it is shown and kept nowhere else. */
function heldLink(): string {
  const secret = heldSecret();
  return secret === null ? '' : linkOf(secret.fragment);
}

export function ShareDialog() {
  const id = useId();
  const showsQr = useSignal(false);
  return (
    <DialogFrame heading={words.share.heading}>
      <p>{words.share.warning}</p>
      <label for={id}>{words.share.link}</label>
      <input
        id={id}
        class="link-field"
        ref={keepPrivate}
        readOnly
        value={heldLink()}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div class="actions">
        <CopyButton
          main
          text={heldLink}
          label={words.share.copy}
          copied={words.share.copied}
          failed={words.share.copyFailed}
        />
        {canShare && (
          <button type="button" onClick={() => void share(words.product, heldLink())}>
            {words.share.system}
          </button>
        )}
        <button
          type="button"
          aria-expanded={showsQr.value}
          onClick={() => {
            showsQr.value = !showsQr.value;
          }}
        >
          {showsQr.value ? words.share.qrHide : words.share.qrShow}
        </button>
      </div>
      {showsQr.value && <QrCode text={heldLink()} />}
      <p class="hint">{words.share.mail}</p>
    </DialogFrame>
  );
}
