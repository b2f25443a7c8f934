/** A native dialog: the browser keeps the focus inside, closes it on Escape, and gives the focus back to what opened it. */
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { dialog } from '../state/dialog.ts';
import { words } from '../strings/words.ts';
import { Icon } from './icon.tsx';
import { Voice } from './voice.tsx';

interface DialogFrameProps {
  heading: ComponentChildren;
  /** A question that destroys something is answered with its buttons: it has no cross and no closing by a click beside it. */
  isQuestion?: boolean;
  children: ComponentChildren;
}

export function closeDialog(): void {
  dialog.value = null;
}

export function DialogFrame({ heading, isQuestion = false, children }: DialogFrameProps) {
  const element = useRef<HTMLDialogElement>(null);
  const headingId = useId();
  const mine = useRef(dialog.peek());
  useLayoutEffect(() => {
    const opened = element.current;
    opened?.showModal();
    return () => opened?.close();
  }, []);
  // The event comes later than the closing, when another dialog may already be open.
  const closed = () => {
    if (dialog.peek() === mine.current) closeDialog();
  };
  return (
    <dialog ref={element} aria-labelledby={headingId} closedby={isQuestion ? 'closerequest' : 'any'} onClose={closed}>
      <div class="title">
        <h2 id={headingId}>{heading}</h2>
        {!isQuestion && (
          <button type="button" class="icon-button" aria-label={words.value.close} onClick={closeDialog}>
            <Icon name="close" />
          </button>
        )}
      </div>
      {children}
      <Voice />
    </dialog>
  );
}

interface QuestionProps {
  heading: ComponentChildren;
  texts: readonly string[];
  confirm: string;
  cancel: string;
  onConfirm: () => void;
}

/** Asks before something that cannot be undone. The harmless answer comes first and has the focus. */
export function Question({ heading, texts, confirm, cancel, onConfirm }: QuestionProps) {
  const agree = () => {
    closeDialog();
    onConfirm();
  };
  return (
    <DialogFrame heading={heading} isQuestion>
      {texts.map((text) => (
        <p key={text}>{text}</p>
      ))}
      <div class="actions">
        <button type="button" onClick={closeDialog}>
          {cancel}
        </button>
        <button type="button" class="danger" onClick={agree}>
          {confirm}
        </button>
      </div>
    </DialogFrame>
  );
}
