// Rooms as they live and end, with everything in them that a relay sees.
import { createHash } from 'node:crypto';
import { encodeClientMessage, encodeCreateRequest } from '@pug/wire';
import { createRoom, joinOf, makeKeys, Peer, post, solvedRequest } from '../peer.ts';
import { dial, enter, frame, greet, opcodes } from './bare-socket.ts';
import type { RelayProcess } from './processes.ts';

/** Only what costs next to nothing: no work is what these tests are about. */
export const cheap = ['--effort-bits-floor', '13'];

function b64u(bytes: Uint8Array): Buffer {
  return Buffer.from(Buffer.from(bytes).toString('base64url'));
}

/** A person's connection from this address, and what a person might give away: in frames, in headers, in a path. */
const address = '127.77.66.55';
const forwardedFor = '203.0.113.77';
const words = 'PLANTED-WORDS-7f3a91c2';
const name = 'PLANTED-NAME-Ana-51ce';
const path = 'PLANTED-PATH-90aa';

/** Everything about one room that passes through the relay while it lives. */
export async function plant(relay: RelayProcess) {
  const keys = makeKeys();
  const request = await solvedRequest(relay.origin, keys);
  await post(relay.origin, encodeCreateRequest(request), { 'X-Forwarded-For': forwardedFor, 'User-Agent': name });
  await (await fetch(`${relay.origin}/${path}?${name}`)).arrayBuffer();
  const owner = new Peer(relay.origin);
  const { nonce } = await owner.nextMessage('hello');
  const message = joinOf(keys, nonce, { owner: true });
  owner.send(message);
  const { ticket } = await owner.nextMessage('joined');
  const guest = dial(relay.port, address);
  await new Promise<void>((resolve) => enter(guest, keys, resolve));
  for (let time = 0; time < 5; time++) {
    guest.write(frame(opcodes.binary, Buffer.concat([Buffer.alloc(4), Buffer.from(`${words} ${time} ${name}`)])));
  }
  for (let time = 0; time < 6; time++) await owner.next();
  const markers: Readonly<Record<string, Buffer>> = {
    words: Buffer.from(words),
    name: Buffer.from(name),
    path: Buffer.from(path),
    address: Buffer.from(address),
    'forwarded address': Buffer.from(forwardedFor),
    'room id': Buffer.from(keys.room),
    'room id, raw': Buffer.from(keys.room, 'base64url'),
    'join key': b64u(keys.joinKey),
    'join key, raw': Buffer.from(keys.joinKey),
    'owner key': b64u(keys.ownerKey),
    'owner key, raw': Buffer.from(keys.ownerKey),
    proof: b64u(message.proof),
    'proof, raw': Buffer.from(message.proof),
    ticket: b64u(ticket),
    'ticket, raw': Buffer.from(ticket),
    'ticket hash': Buffer.from(createHash('sha256').update(ticket).digest('base64url')),
    token: b64u(request.token),
  };
  return { keys, owner, guest, markers };
}

/** How rooms end, and what never becomes one. */
export const fates: readonly ((relay: RelayProcess) => Promise<void>)[] = [
  async ({ origin }) => {
    const owner = await Peer.joined(origin, await createRoom(origin), { owner: true });
    owner.send({ type: 'purge' });
    await owner.closed;
  },
  async ({ origin }) => {
    const room = await createRoom(origin);
    for (const member of [await Peer.joined(origin, room), await Peer.joined(origin, room)]) await member.close();
  },
  async ({ origin }) => {
    const member = await Peer.joined(origin, await createRoom(origin, { ttlSeconds: 1 }));
    void member.closed;
  },
  async ({ origin }) => void (await createRoom(origin)),
  async ({ origin, port }) => {
    const room = await createRoom(origin);
    const stranger = dial(port, address);
    await new Promise<void>((resolve) => {
      greet(stranger, () => {
        const join = joinOf(room, new Uint8Array(32));
        stranger.write(frame(opcodes.text, Buffer.from(encodeClientMessage(join))));
      });
      stranger.on('close', () => resolve());
    });
  },
];
