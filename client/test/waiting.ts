// Waiting for what must become true, and reading a session in tests.
import type { Line, Session } from '@pug/client';

/** How long a test may take: what is waited for comes within milliseconds on a machine at rest; a busy one must not fail a test. */
export const patienceMs = 60_000;

/** Waits until `condition` holds; throws with `what` when it does not within `withinMs` of real time. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 20_000,
): Promise<void> {
  const deadlineMs = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadlineMs) throw new Error(`waited in vain: ${what}`);
    await Bun.sleep(2);
  }
}

/** How many calls to the platform's cryptography there have been, and how many have no answer yet. */
const calls = { begun: 0, open: 0 };

// Nothing else here is done off this thread; how long it takes there is up to the machine, and no time is enough to wait for it.
for (const name of Object.getOwnPropertyNames(SubtleCrypto.prototype)) {
  // All its methods but the constructor take what they are asked and promise an answer.
  const subtle = crypto.subtle as unknown as Record<string, (...asked: unknown[]) => Promise<unknown>>;
  const whole = name === 'constructor' ? undefined : subtle[name]?.bind(subtle);
  if (!whole) continue;
  subtle[name] = (...asked) => {
    const answer = whole(...asked);
    const close = () => void calls.open--;
    calls.begun++;
    calls.open++;
    answer.then(close, close);
    return answer;
  };
}

/** Lets everything that is under way come to its end, native cryptography and timers of no time included, however slow the machine is. */
export async function settle(): Promise<void> {
  for (let begun = -1; calls.open > 0 || begun !== calls.begun; ) {
    begun = calls.open > 0 ? -1 : calls.begun;
    await Bun.sleep(2);
  }
}

export function stateOf(session: Session): string {
  const { connection } = session.view;
  return connection.state === 'ended' ? `ended: ${connection.end}` : connection.state;
}

export function joined(...sessions: Session[]): Promise<void> {
  return until(() => sessions.every((session) => stateOf(session) === 'joined'), 'everybody is in the room');
}

export function textsOf(session: Session): readonly string[] {
  return linesOf(session, 'text').map((line) => line.text);
}

export function linesOf<K extends Line['kind']>(session: Session, kind: K): readonly Extract<Line, { kind: K }>[] {
  // The filter compares the very field that tells the kinds apart.
  return session.view.lines.filter((line) => line.kind === kind) as Extract<Line, { kind: K }>[];
}
