// The least that a relay could be on this runtime: it checks nothing, answers every call with the same text, and publishes. What an attack does to
// an innocent room in it is the runtime's, the kernel's and the machine's doing. For `npm run attack -- --bare`.
import {
  clientHeaderBytes,
  decodeClientMessage,
  encodeChallenge,
  encodeCreated,
  encodeServerFrame,
  encodeServerMessage,
  toBase64url,
} from '@pug/wire';

interface Seat {
  readonly room: string;
  readonly member: number;
}

const expiresAt = Date.now() + 3_600_000;
const terms = { k: 8, target: 2 ** 32 - 1, effort: 8192 } as const;
// version, algorithm, k, keyId, target: every try is a hit, so that clients have nothing to do.
const token = new Uint8Array(52).fill(255, 4, 8);
token.set([1, 1, terms.k]);
const challenge = encodeChallenge({ token, algorithm: 'pbkdf2', ...terms, raisedBy: 'none', expiresAt });
const roomId = toBase64url(new Uint8Array(16));
const created = encodeCreated({ roomId, expiresAt, ttlSeconds: 3600, capacity: 12 });
const hello = encodeServerMessage({ type: 'hello', nonce: new Uint8Array(32), protocol: 1 });
const pong = encodeServerMessage({ type: 'pong' });
const headers = { 'Content-Type': 'application/json' };
let seq = 1;

const server = Bun.serve<Seat>({
  hostname: '127.0.0.1',
  port: 0,
  development: false,
  async fetch(request, own) {
    if (request.url.endsWith('/ws') && own.upgrade(request, { data: { room: '', member: 0 } })) return;
    if (request.method !== 'POST') return new Response(challenge, { headers });
    await request.text();
    return new Response(created, { status: 201, headers });
  },
  websocket: {
    idleTimeout: 12,
    open: (socket) => void socket.send(hello),
    message(socket, data) {
      if (typeof data === 'string') heed(socket, data);
      else publishFrame(socket.data, data.subarray(clientHeaderBytes));
    },
    close({ data: { room, member } }) {
      if (room !== '') server.publish(room, encodeServerMessage({ type: 'leave', seq: ++seq, member, why: 'lost' }));
    },
  },
});

function publishFrame({ room, member }: Seat, payload: Uint8Array): void {
  server.publish(room, encodeServerFrame({ seq: ++seq, member, payload }));
}

function heed(socket: Bun.ServerWebSocket<Seat>, text: string): void {
  const message = decodeClientMessage(text);
  if (message?.type === 'join') join(socket, message.room);
  else if (message?.type === 'ping') socket.send(pong);
  else socket.close(1000);
}

function join(socket: Bun.ServerWebSocket<Seat>, room: string): void {
  const member = ++seq;
  socket.data = { room, member };
  server.publish(room, encodeServerMessage({ type: 'join', seq, member, owner: false }));
  const state = { member, members: [member], seq, now: Date.now(), expiresAt, capacity: 12, locked: false } as const;
  socket.send(encodeServerMessage({ type: 'joined', ...state, owners: [], ticket: new Uint8Array(16) }));
  socket.subscribe(room);
}

console.log(`Pug Network is running: ${server.url.origin}`);
console.error('{"event":"listening"}');
