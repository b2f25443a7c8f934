// Waiting for what must become true, and reading a session in tests.
import type { Line, Session } from '@pug/client';

/** How long a test may take: what is waited for comes within milliseconds on a machine at rest; a busy one must not fail a test. */
export const patienceMs = 60_000;

/** Waits until `condition` holds; throws with `what` when it does not within `withinMs` of real time. */
export async function until(condition: () => boolean, what: string, withinMs = 20_000): Promise<void> {
  const deadlineMs = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > deadlineMs) throw new Error(`waited in vain: ${what}`);
    await Bun.sleep(2);
  }
}

/** Lets everything that is under way, native cryptography included, come to its end. For what must not happen. */
export function settle(): Promise<void> {
  return Bun.sleep(25);
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
