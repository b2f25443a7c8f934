// The attacks, each as something that is done so many times a second, to so many connections at most.
import type net from 'node:net';
import { defaultPolicy, encodeClientMessage, encodeCreateRequest, encodeSolution } from '@pug/wire';
import { challengeOf, createRoom, type JoinChoices, joinOf, type Keys, makeKeys, post } from '../peer.ts';
import { dial, enter, frame, greet, halfRequest, localAddress, opcodes, upgradeRequest } from './bare-socket.ts';

/** What an attack is done with. Bounded: no attack has more connections open than it says. */
export interface Siege {
  readonly port: number;
  readonly origin: string;
  /** The room that is not the attacker's: it knows the room's keys, as whoever once had the link. */
  readonly victim: Keys;
  /** Rooms that the attacker made, six places each. */
  readonly rooms: readonly Keys[];
  /** A connection from the address prefix of this number, closed with the others when the attack stops. */
  readonly open: (prefix: number) => net.Socket;
  readonly connections: readonly net.Socket[];
}

export interface Attack {
  readonly perSecond: number;
  /** Connections at once; the oldest is dropped when there would be more. */
  readonly atMost: number;
  readonly rooms?: number;
  readonly strike: (siege: Siege, number: number) => void;
}

/** Attackers come from so many prefixes, but for the one that comes from many. */
const fewPrefixes = 64;
const few = (number: number) => number % fewPrefixes;

export const attacks = {
  /** TCP connections that say nothing. */
  'connection flood': {
    perSecond: 1000,
    atMost: 1500,
    strike: (siege, number) => void siege.open(few(number)),
  },
  /** Half a request, and then nothing. */
  'slow handshakes': {
    perSecond: 500,
    atMost: 800,
    strike(siege, number) {
      const socket = siege.open(few(number));
      socket.on('connect', () => socket.write(halfRequest));
    },
  },
  /** A request, or a frame of a socket, one byte every 50 ms. */
  '1-byte dribble': {
    perSecond: 200,
    atMost: 500,
    strike(siege, number) {
      const socket = siege.open(few(number));
      const isHandshake = number % 2 === 0;
      const start = isHandshake ? halfRequest : upgradeRequest;
      socket.on('connect', () => socket.write(start));
      if (isHandshake) every(socket, 50, () => socket.write('x'));
      else greet(socket, () => dribbleFrame(socket));
    },
  },
  /** Members who never read, in rooms where somebody sends them all that the rates allow. */
  'slow readers': {
    perSecond: 20,
    atMost: 60,
    rooms: 30,
    strike(siege, number) {
      enterOwn(siege, number, (sleeper) => sleeper.pause());
      enterOwn(siege, number, (talker) => {
        const words = frame(opcodes.binary, new Uint8Array(60_000));
        const atOnce = Math.floor(defaultPolicy.byteBurst / words.length);
        for (let count = 0; count < atOnce; count++) talker.write(words);
        every(talker, 300, () => talker.write(words));
      });
    },
  },
  /** Frames that declare gigabytes or more than is allowed, with a quarter of a megabyte to begin with. */
  'huge frames': {
    perSecond: 100,
    atMost: 100,
    strike(siege, number) {
      const socket = siege.open(few(number));
      const declaredBytes = number % 2 === 0 ? 2 ** 33 : 300_000;
      greet(socket, () => socket.write(frame(opcodes.binary, new Uint8Array(250_000), declaredBytes)));
    },
  },
  /** WebSocket pings of the greatest size, 100 in each write. */
  'ping flood': {
    perSecond: 50,
    atMost: 20,
    rooms: 10,
    strike(siege, number) {
      const socket = siege.open(few(number));
      const pings = Buffer.concat(Array.from({ length: 100 }, () => frame(opcodes.ping, new Uint8Array(125))));
      const flood = () => every(socket, 20, () => socket.write(pings));
      const room = siege.rooms[number % 20];
      if (room === undefined) greet(socket, flood);
      else enter(socket, room, flood);
    },
  },
  /** Joins of the innocent room itself, whose signature is good in form and wrong. */
  'join storm with bad proofs': {
    perSecond: 500,
    atMost: 100,
    strike(siege, number) {
      const socket = siege.open(few(number));
      greet(socket, () => {
        const join = joinOf(siege.victim, new Uint8Array(32));
        socket.write(frame(opcodes.text, Buffer.from(encodeClientMessage(join))));
      });
    },
  },
  /** Rooms, paid for at the floor of these tests: eight tries. */
  'room-creation storm': {
    perSecond: 200,
    atMost: 0,
    strike: (siege) => void createRoom(siege.origin).catch(ignore),
  },
  /** One paid request again and again: while its room lives, and one whose room is gone. */
  'replayed tokens': {
    perSecond: 500,
    atMost: 0,
    strike: (siege, number) => void replay(siege, number).catch(ignore),
  },
  /** Control messages as fast as they are taken, and those that only an owner may send. */
  'control-message flood': {
    perSecond: 100,
    atMost: 60,
    rooms: 20,
    strike(siege, number) {
      const isOwner = number % 2 === 0;
      const text = encodeClientMessage(isOwner ? { type: 'lock', locked: false } : { type: 'ping' });
      const flood = Buffer.concat(Array.from({ length: 200 }, () => frame(opcodes.text, Buffer.from(text))));
      enterOwn(siege, number, (socket) => socket.write(flood), { owner: isOwner });
    },
  },
  /** Members whose device is gone without a word: nothing is read, no ping is answered, no end is sent. */
  'half-open sockets': {
    perSecond: 300,
    atMost: 300,
    rooms: 60,
    strike: (siege, number) => enterOwn(siege, number, (socket) => socket.pause()),
  },
  /** Sockets and rooms from a new address prefix each time. */
  'many rooms from many prefixes': {
    perSecond: 500,
    atMost: 1500,
    rooms: 100,
    strike(siege, number) {
      const socket = siege.open(number % 20_000);
      const room = siege.rooms[number % 200];
      if (room === undefined) greet(socket, () => {});
      else enter(socket, room, () => {});
      if (number % 4 === 0) void createRoom(siege.origin).catch(ignore);
    },
  },
} satisfies Record<string, Attack>;

export type AttackName = keyof typeof attacks;

/** Into one of the attacker's own rooms, from one of few prefixes. */
function enterOwn(siege: Siege, number: number, onJoined: (socket: net.Socket) => void, choices?: JoinChoices): void {
  const room = siege.rooms[number % siege.rooms.length];
  if (room === undefined) return;
  const socket = siege.open(few(number));
  enter(socket, room, () => onJoined(socket), choices);
}

function every(socket: net.Socket, ms: number, act: () => void): void {
  const timer = setInterval(act, ms);
  socket.once('close', () => clearInterval(timer));
}

function dribbleFrame(socket: net.Socket): void {
  socket.write(frame(opcodes.binary, new Uint8Array(1), 40_000));
  every(socket, 50, () => socket.write('x'));
}

/** Made when they are first sent: an attacker process has one relay. */
let replayed: Promise<readonly string[]> | null = null;

async function replay({ origin }: Siege, number: number): Promise<void> {
  replayed ??= Promise.all([paidRequest(origin), goneRequest(origin)]);
  const [living = '', gone = ''] = await replayed;
  await (await post(origin, number % 2 === 0 ? living : gone)).arrayBuffer();
}

/** At eight tries for eight hits every try is one. */
async function paidRequest(origin: string, keys = makeKeys()): Promise<string> {
  const { token } = await challengeOf(origin);
  const solution = encodeSolution([0, 1, 2, 3, 4, 5, 6, 7]);
  const { joinKey, ownerKey } = keys;
  const body = encodeCreateRequest({ token, solution, joinKey, ownerKey, ttlSeconds: 3600, capacity: 6 });
  await (await post(origin, body)).arrayBuffer();
  return body;
}

async function goneRequest(origin: string): Promise<string> {
  const keys = makeKeys();
  const body = await paidRequest(origin, keys);
  const socket = dial(Number(new URL(origin).port), localAddress(0));
  await new Promise<void>((resolve) => {
    enter(socket, keys, () => socket.write(frame(opcodes.text, Buffer.from(encodeClientMessage({ type: 'purge' })))), {
      owner: true,
    });
    socket.on('close', () => resolve());
  });
  return body;
}

function ignore(): void {}
