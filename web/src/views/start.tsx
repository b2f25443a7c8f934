/** Start: what this is, open a room, or paste a link. */
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { allTimes, usualTimes } from '../state/lifetime.ts';
import { loadPolicy, openRoom, type Policy, type PolicyState, policy } from '../state/opening.ts';
import { words } from '../strings/words.ts';
import peekUrl from '../style/pug-peek.svg';
import { Icon } from './icon.tsx';
import { Page } from './page.tsx';
import { PasteLink } from './paste.tsx';

export function Start() {
  const { start } = words.value;
  useEffect(() => void loadPolicy(), []);
  return (
    <Page heading={start.heading} beside={<TheWaysIn />}>
      <p class="lead">{start.promise}</p>
      <p>{start.limit}</p>
      <ul class="points">
        {start.points.map((point) => (
          <li key={point}>
            <Icon name="check" />
            {point}
          </li>
        ))}
      </ul>
    </Page>
  );
}

function TheWaysIn() {
  const heading = useRef<HTMLHeadingElement>(null);
  const retry = () => {
    // The button goes while the server is asked.
    heading.current?.focus();
    void loadPolicy();
  };
  return (
    <>
      <section class="card peeked" aria-labelledby="open-a-room" aria-busy={policy.value.kind === 'loading'}>
        <img class="peeking" src={peekUrl} alt="" width="88" height="56" />
        <h2 id="open-a-room" ref={heading} tabIndex={-1}>
          {words.value.start.create}
        </h2>
        <Create state={policy.value} onRetry={retry} />
      </section>
      <PasteLink />
    </>
  );
}

function Create({ state, onRetry }: { state: PolicyState; onRetry: () => void }) {
  if (state.kind === 'known') return <CreateForm policy={state.policy} />;
  if (state.kind === 'loading') return <div class="create-room" />;
  return (
    <>
      <p role="alert">{words.value.start.unreachable}</p>
      <button type="button" onClick={onRetry}>
        {words.value.tryAgain}
      </button>
    </>
  );
}

function CreateForm({ policy: { ttlSeconds: ttl, capacity: people } }: { policy: Policy }) {
  const ttlSeconds = useSignal(ttl.default);
  const capacity = useSignal(people.default);
  const open = (event: Event) => {
    event.preventDefault();
    void openRoom({ ttlSeconds: ttlSeconds.value, capacity: capacity.value });
  };
  return (
    <form class="create-room" autocomplete="off" onSubmit={open}>
      <fieldset>
        <legend>{words.value.start.closesAfter}</legend>
        <div class="chips">
          {usualTimes(ttl, ttlSeconds.value).map((seconds) => (
            <label key={seconds} class="chip">
              <input
                type="radio"
                name="ttl"
                checked={ttlSeconds.value === seconds}
                onChange={() => {
                  ttlSeconds.value = seconds;
                }}
              />
              <span>{words.value.duration(seconds)}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <Choice label={words.value.start.people} numbers={peopleChoices(people)} chosen={capacity} />
      <button type="submit" class="main-action">
        {words.value.start.open}
      </button>
      <details>
        <summary>{words.value.start.more}</summary>
        <Choice
          label={words.value.start.closesAfter}
          numbers={allTimes(ttl)}
          named={words.value.duration}
          chosen={ttlSeconds}
        />
      </details>
    </form>
  );
}

function peopleChoices({ min, max }: Policy['capacity']): number[] {
  return Array.from({ length: max - min + 1 }, (_, at) => min + at);
}

interface ChoiceProps {
  label: string;
  numbers: readonly number[];
  named?: (n: number) => string;
  chosen: Signal<number>;
}

function Choice({ label, numbers, named = String, chosen }: ChoiceProps) {
  const id = useId();
  return (
    <div class="field-row">
      <label for={id}>{label}</label>
      <select
        id={id}
        autocomplete="off"
        value={chosen.value}
        onChange={(event) => {
          chosen.value = Number(event.currentTarget.value);
        }}
      >
        {numbers.map((n) => (
          <option key={n} value={n}>
            {named(n)}
          </option>
        ))}
      </select>
    </div>
  );
}
