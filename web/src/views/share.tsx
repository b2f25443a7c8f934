/** Share: the link, and how to send it. */
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { canShare, share } from '../platform/device.ts';
import { keepPrivate } from '../platform/page.ts';
import { heldLink } from '../state/secret.ts';
import { words } from '../strings/words.ts';
import { CopyButton } from './copy.tsx';
import { DialogFrame } from './dialog.tsx';
import { QrCode } from './qr.tsx';

export function ShareDialog() {
  const id = useId();
  const showsQr = useSignal(false);
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
      {showsQr.value && <QrCode text={heldLink()} />}
      <p class="hint">{words.value.share.mail}</p>
    </DialogFrame>
  );
}
