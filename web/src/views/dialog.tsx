/** A native dialog: the browser keeps the focus inside, closes it on Escape, and gives the focus back to what opened it. */
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { dialog } from '../state/dialog.ts';
import { words } from '../strings/words.ts';
import { Icon } from './icon.tsx';
import { Voice } from './voice.tsx';

interface DialogFrameProps {
  heading: ComponentChildren;
  /** The ids of its texts, for a question that destroys something. It is answered with its buttons: it has no cross and no closing by a click beside it. */
  question?: string;
  children: ComponentChildren;
}

export function closeDialog(): void {
  dialog.value = null;
}

export function DialogFrame({ heading, question, children }: DialogFrameProps) {
  const element = useRef<HTMLDialogElement>(null);
  const begins = useRef<HTMLHeadingElement>(null);
  const headingId = useId();
  const mine = useRef(dialog.peek());
  useLayoutEffect(() => {
    const opened = element.current;
    // A screen reader begins with the heading and not with the cross; a question is read as what describes the dialog, at its first answer.
    // Set only now: an element that comes into the page with it asks for the focus there and then.
    begins.current?.toggleAttribute('autofocus', question === undefined);
    opened?.showModal();
    return () => opened?.close();
  }, []);
  // The event comes later than the closing, when another dialog may already be open.
  const closed = () => {
    if (dialog.peek() === mine.current) closeDialog();
  };
  return (
    <dialog
      ref={element}
      role={question === undefined ? undefined : 'alertdialog'}
      aria-labelledby={headingId}
      aria-describedby={question}
      closedby={question === undefined ? 'any' : 'closerequest'}
      onClose={closed}
    >
      <div class="title">
        <h2 ref={begins} id={headingId} tabIndex={question === undefined ? -1 : undefined}>
          {heading}
        </h2>
        {question === undefined && (
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
  const id = useId();
  const textIds = texts.map((_text, at) => `${id}-${at}`);
  const agree = () => {
    closeDialog();
    onConfirm();
  };
  return (
    <DialogFrame heading={heading} question={textIds.join(' ')}>
      {texts.map((text, at) => (
        <p key={text} id={textIds[at]}>
          {text}
        </p>
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
