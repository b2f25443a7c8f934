/** Verify: the safety code, how to compare it, and what to do if it differs (CR-15). */
import { type Signal, useSignal, useSignalEffect } from '@preact/signals';
import type { SafetyCode } from '@pug/core';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { leaveRoom } from '../state/membership.ts';
import type { Room } from '../state/room.ts';
import { words } from '../strings/words.ts';
import { closeDialog, DialogFrame } from './dialog.tsx';

export function VerifyDialog({ room }: { room: Room }) {
  const code = useRoomCode(room);
  const differs = useSignal(false);
  return (
    <DialogFrame heading={words.value.verify.heading}>
      {differs.value ? (
        <Differing />
      ) : code.value === null ? (
        // Whoever has been let in waits for a moment only, and for nobody.
        room.view.value?.admitted !== true && <p>{words.value.verify.wait}</p>
      ) : (room.view.value?.members.length ?? 0) < 2 ? (
        <p>{words.value.verify.alone}</p>
      ) : (
        <Comparing room={room} code={code.value} differs={differs} />
      )}
    </DialogFrame>
  );
}

/** The code of the room as it is now: made anew whenever the room changes. */
function useRoomCode(room: Room): Signal<SafetyCode | null> {
  const code = useSignal<SafetyCode | null>(null);
  useSignalEffect(() => {
    const admitted = room.view.value?.admitted ?? false;
    let isLatest = true;
    void room.session.safetyCode().then((made) => {
      if (isLatest) code.value = admitted ? made : null;
    });
    return () => {
      isLatest = false;
    };
  });
  return code;
}

function Comparing({ room, code, differs }: { room: Room; code: SafetyCode; differs: Signal<boolean> }) {
  const { verify } = words.value;
  const first = useSignal(code);
  // Somebody came or went while the words were being read out.
  const hasChanged = code.words.join() !== first.value.words.join();
  const compared = room.view.value?.compared ?? null;
  const matched = () => {
    if (room.session.compared(code, 'equal')) closeDialog();
  };
  const differ = () => {
    room.session.compared(code, 'different');
    differs.value = true;
  };
  return (
    <>
      <p>{verify.how}</p>
      <p class="bad" role="status">
        {hasChanged ? verify.changed : ''}
      </p>
      <Code code={code} />
      {compared !== null && <p class={compared === 'equal' ? 'good' : 'bad'}>{verify[compared]}</p>}
      <div class="actions">
        <button type="button" onClick={differ}>
          {verify.differ}
        </button>
        {compared !== 'equal' && (
          <button type="button" class="main-action" onClick={matched}>
            {verify.match}
          </button>
        )}
      </div>
    </>
  );
}

function Differing() {
  const { differing, leave } = words.value.verify;
  const text = useRef<HTMLParagraphElement>(null);
  // The button that led here is gone.
  useLayoutEffect(() => text.current?.focus(), []);
  return (
    <>
      <p ref={text} tabIndex={-1}>
        {differing}
      </p>
      <div class="actions">
        <button type="button" onClick={closeDialog}>
          {words.value.cancel}
        </button>
        <button type="button" class="danger" onClick={leaveRoom}>
          {leave}
        </button>
      </div>
    </>
  );
}

function Code({ code }: { code: SafetyCode }) {
  return (
    <>
      <ol class="safety-words" aria-label={words.value.verify.words} translate={false}>
        {code.words.map((word, at) => (
          <li key={`${at}`}>{word}</li>
        ))}
      </ol>
      <details>
        <summary>{words.value.verify.symbols}</summary>
        <ol class="safety-symbols" aria-label={words.value.verify.words} translate={false}>
          {code.symbols.map((symbol, at) => (
            <li key={`${at}`}>{symbol}</li>
          ))}
        </ol>
      </details>
    </>
  );
}
