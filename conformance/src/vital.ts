/** Whether a relay still answers at all: one that hangs would otherwise be waited for in every scenario. */
import { encodeClientMessage } from '@pug/wire';
import { Silence } from './dial.ts';
import { exchange } from './http.ts';
import { newRoomKeys } from './keys.ts';
import { relayAt } from './relay.ts';
import { json } from './trial.ts';
import { RawSocket, upgrade } from './websocket.ts';

/** What scenarios begin with. */
const questions: Readonly<Record<string, (url: URL) => Promise<unknown>>> = {
  'a call for a challenge': (url) => exchange(url, { path: '/api/v1/challenge' }),
  'a call for a room': (url) => exchange(url, { method: 'POST', path: '/api/v1/rooms', headers: [json], body: '{}' }),
  'a join': knock,
};

/** @returns what is left without an answer, or null. A refusal is one, and so is the end of the connection; but a policy must come */
export async function silentTo(url: URL): Promise<string | null> {
  const hasPolicy = await relayAt(url).then(
    () => true,
    () => false,
  );
  if (!hasPolicy) return 'a call for the policy';
  const unanswered = Object.entries(questions).map(async ([name, ask]) =>
    ask(url).then(
      () => null,
      (error) => (error instanceof Silence ? name : null),
    ),
  );
  return (await Promise.all(unanswered)).find((name) => name !== null) ?? null;
}

/** Asks to join a room that there is not. */
async function knock(url: URL): Promise<void> {
  const socket = await upgrade(url);
  if (!(socket instanceof RawSocket)) return;
  try {
    await socket.next();
    const { roomId: room, joinKey, signJoin } = newRoomKeys();
    socket.sendText(encodeClientMessage({ type: 'join', room, joinKey, proof: signJoin(new Uint8Array(32)) }));
    await socket.next();
  } finally {
    socket.cut();
  }
}
