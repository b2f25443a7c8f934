/** The ways a stranger can reach a relay, each with inputs of its own. A lane sends one input and tells how that ended. */
import { randomBytes } from 'node:crypto';
import {
  type ClientMessage,
  closeNameOf,
  encodeClientFrame,
  encodeClientMessage,
  encodeCreateRequest,
} from '@pug/wire';
import { dial } from './dial.ts';
import { parseHead, requestBytes } from './http.ts';
import { newRoomKeys } from './keys.ts';
import { mutatedBytes, type Pick } from './mutate.ts';
import { Peer } from './peer.ts';
import type { Relay } from './relay.ts';
import { type Room, Trial } from './trial.ts';
import { opcodes, RawSocket, upgrade, upgradeHeaders, webSocketFrame } from './websocket.ts';

/** How long what may rightly stay unanswered, such as half a frame, is waited for. */
const silenceMs = 20;

/** How an input ended, as a key of the table. */
export type Ending = string;

export interface Lane {
  readonly name: string;
  /** Of a hundred inputs, this many come here. */
  readonly share: number;
  readonly send: (field: Field, pick: Pick) => Promise<Ending>;
}

/** What the lanes of one worker work with. */
export class Field {
  readonly relay: Relay;
  readonly trial: Trial;
  readonly room: Room;
  readonly samples: readonly Uint8Array[];
  readonly body: string;
  #member: Peer | null = null;

  private constructor(relay: Relay, trial: Trial, room: Room) {
    this.relay = relay;
    this.trial = trial;
    this.room = room;
    const { joinKey, ownerKey } = newRoomKeys();
    const bytes = { token: room.request.token, solution: room.request.solution, joinKey, ownerKey };
    this.body = encodeCreateRequest({ ...bytes, ttlSeconds: 3600, capacity: 2 });
    const join = { type: 'join', room: room.keys.roomId, joinKey: room.keys.joinKey, proof: randomBytes(64) } as const;
    const messages: readonly ClientMessage[] = [
      { ...join, ownerProof: randomBytes(64), ticket: randomBytes(16) },
      join,
      { type: 'ping' },
      { type: 'lock', locked: true },
      { type: 'remove', member: 1 },
    ];
    this.samples = messages.map((message) => Buffer.from(encodeClientMessage(message)));
  }

  static async prepare(relay: Relay): Promise<Field> {
    const trial = new Trial(relay);
    return new Field(relay, trial, await trial.room());
  }

  /** The member through which this field speaks; a new one when the last was closed. */
  async member(): Promise<Peer> {
    this.#member ??= await this.trial.join(this.room, { owner: true });
    return this.#member;
  }

  memberIsGone(): void {
    this.#member = null;
    this.forget();
  }

  /** Scenarios keep what was said; a fuzz run cannot. */
  forget(): void {
    this.trial.transcript.length = 0;
    this.trial.end();
    this.relay.planted.clear();
  }
}

function bytesFrom(pick: Pick, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => pick(256)));
}

function endingOf(code: number): Ending {
  return `closed ${closeNameOf(code) ?? code}`;
}

/** A stranger's first message. */
async function firstMessage(field: Field, pick: Pick): Promise<Ending> {
  const peer = await openPeer(field);
  const bytes = mutatedBytes(pick, field.samples);
  peer.raw.write(webSocketFrame(pick(4) === 0 ? opcodes.binary : opcodes.text, bytes));
  const code = await peer.untilClosed();
  return endingOf(code);
}

async function openPeer(field: Field): Promise<Peer> {
  const raw = await upgrade(field.relay.url);
  if (!(raw instanceof RawSocket)) throw new Error(`no socket: ${raw.status}`);
  const peer = new Peer('fuzz', raw, () => undefined);
  await peer.expect({ type: 'hello' });
  return peer;
}

/** A member's message or frame: it is either closed, or goes on and gets the pong it asks for. */
async function memberMessage(field: Field, pick: Pick): Promise<Ending> {
  const member = await field.member();
  const text = pick(2) === 0;
  const payload = bytesFrom(pick, pick(200));
  const frame = encodeClientFrame({ to: [0, 1, 2, 4294967295][pick(4)] ?? 0, payload });
  const bytes = text ? mutatedBytes(pick, field.samples) : mutatedBytes(pick, [frame]);
  member.raw.write(webSocketFrame(text ? opcodes.text : opcodes.binary, bytes));
  member.raw.sendText('{"type":"ping"}');
  for (;;) {
    const heard = await member.hear();
    field.trial.transcript.length = 0;
    if (heard.kind === 'message' && heard.message.type === 'pong') return 'went on';
    if (heard.kind !== 'closed') continue;
    field.memberIsGone();
    return endingOf(heard.code);
  }
}

/** A WebSocket broken below its messages. */
async function brokenFrames(field: Field, pick: Pick): Promise<Ending> {
  const peer = await openPeer(field);
  const parts = Array.from({ length: 1 + pick(4) }, () =>
    webSocketFrame(pick(16), bytesFrom(pick, pick(150)), {
      fin: pick(3) > 0,
      rsv: pick(8) === 0 ? 4 : 0,
    }),
  );
  peer.raw.write(mutatedBytes(pick, [Buffer.concat(parts)]));
  const code = await peer.untilClosed(silenceMs).catch(() => null);
  peer.raw.cut();
  return code === null ? 'waits for more' : endingOf(code);
}

/** A create request with a body that is almost good. */
async function createBody(field: Field, pick: Pick): Promise<Ending> {
  const body = mutatedBytes(pick, [Buffer.from(field.body)]);
  return request(
    field,
    requestBytes(field.relay.url, { method: 'POST', path: '/api/v1/rooms', headers: bodyHeaders, body }),
  );
}

const bodyHeaders = [
  ['Content-Type', 'application/json'],
  ['Connection', 'close'],
] as const;
const paths = [
  '/',
  '/r',
  '/ws',
  '/api/v1/challenge',
  '/api/v1/policy',
  '/api/v1/rooms',
  '/healthz',
  '/r%23x',
  '/assets/a.js',
];

/** An upgrade or a request of which some bytes are wrong. */
async function requestHead(field: Field, pick: Pick): Promise<Ending> {
  const upgrading = pick(2) === 0;
  const good = requestBytes(field.relay.url, {
    path: upgrading ? '/ws' : (paths[pick(paths.length)] ?? '/'),
    headers: upgrading
      ? upgradeHeaders()
      : [
          ['Origin', field.relay.url.origin],
          ['Connection', 'close'],
        ],
  });
  return request(field, mutatedBytes(pick, [good]));
}

/** Sends bytes as they stand. @returns the status of the answer */
async function request(field: Field, bytes: Uint8Array): Promise<Ending> {
  const socket = await dial(field.relay.url);
  return new Promise((resolve) => {
    const finish = (ending: Ending) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(ending);
    };
    let received = Buffer.alloc(0);
    const timer = setTimeout(() => finish('waits for more'), silenceMs);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const status = parseHead(received)?.status;
      if (status !== undefined) finish(`status ${status}`);
    });
    socket.once('close', () => finish('closed without an answer'));
    socket.write(bytes);
  });
}

export const lanes: readonly Lane[] = [
  { name: 'first message', share: 30, send: firstMessage },
  { name: "member's message", share: 35, send: memberMessage },
  { name: 'WebSocket frames', share: 10, send: brokenFrames },
  { name: 'create body', share: 15, send: createBody },
  { name: 'request head', share: 10, send: requestHead },
];
