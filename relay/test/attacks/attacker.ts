// One attack as a process of its own: attacker.ts <name> <origin> <victim's join key as PKCS #8, base64url> <owner's likewise>.
// `go` and `stop` on standard input begin and end a stretch of it; each is answered by a line when it is so.
import { createPrivateKey } from 'node:crypto';
import type net from 'node:net';
import { createInterface } from 'node:readline';
import { createRoom, type Keys, keysOf } from '../peer.ts';
import { type Attack, type AttackName, attacks, type Siege } from './attacks.ts';
import { dial, localAddress } from './bare-socket.ts';

/** As fine as timers are: who attacks from many places does not strike ten times at once. */
const tickMs = 2;
/** Attackers make their rooms a few at a time. */
const roomsAtOnce = 8;

const [, , name = '', origin = '', joinKey = '', ownerKey = ''] = process.argv;
// The harness names an attack of the table.
const attack: Attack = attacks[name as AttackName];
const open: net.Socket[] = [];
let strikes = 0;
let timer: Timer | null = null;

const siege: Siege = {
  port: Number(new URL(origin).port),
  origin,
  victim: keysOf(privateKey(joinKey), privateKey(ownerKey)),
  rooms: await ownRooms(attack.rooms ?? 0),
  connections: open,
  open(prefix) {
    if (open.length >= attack.atMost) open.shift()?.destroy();
    const socket = dial(siege.port, localAddress(prefix));
    open.push(socket);
    socket.once('close', () => {
      const at = open.indexOf(socket);
      if (at >= 0) open.splice(at, 1);
    });
    return socket;
  },
};

console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'go') go();
  else if (line === 'stop') await stop();
  else if (line === 'rest') rest();
  console.log(JSON.stringify({ strikes, open: open.length }));
}
process.exit();

function go(): void {
  const startedMs = performance.now();
  const before = strikes;
  timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedMs) / 1000) * attack.perSecond) - (strikes - before);
    // What could not be done in time is not made up for.
    for (let strike = 0; strike < Math.min(due, (2 * tickMs * attack.perSecond) / 1000 + 1); strike++) {
      attack.strike(siege, strikes++);
    }
  }, tickMs);
}

/** Begins nothing new, and leaves open what is. */
function rest(): void {
  if (timer !== null) clearInterval(timer);
  timer = null;
}

async function stop(): Promise<void> {
  rest();
  while (open.length > 0) {
    for (const socket of [...open]) socket.destroy();
    await Bun.sleep(tickMs);
  }
}

async function ownRooms(count: number): Promise<readonly Keys[]> {
  const rooms: Keys[] = [];
  while (rooms.length < count) {
    const next = Math.min(roomsAtOnce, count - rooms.length);
    rooms.push(...(await Promise.all(Array.from({ length: next }, () => createRoom(origin)))));
  }
  return rooms;
}

function privateKey(text: string) {
  return createPrivateKey({ key: Buffer.from(text, 'base64url'), format: 'der', type: 'pkcs8' });
}
