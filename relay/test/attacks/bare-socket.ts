// A WebSocket by hand: what a client library would never send, from any address of 127.0.0.0/8.
import net from 'node:net';
import { encodeClientMessage } from '@pug/wire';
import { type JoinChoices, joinOf, type Keys } from '../peer.ts';

export const opcodes = { text: 1, binary: 2, ping: 9 } as const;

const upgradeHead = [
  'GET /ws HTTP/1.1',
  'Host: x',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: pug.1',
];
/** The whole request; without its last line it is half of one. */
export const upgradeRequest = `${upgradeHead.join('\r\n')}\r\n\r\n`;
export const halfRequest = `${upgradeHead.slice(0, 4).join('\r\n')}\r\n`;

/** The 127.x.y.1 with this number: another /24 for each. */
export function localAddress(prefix: number): string {
  return `127.${16 + (prefix >> 8)}.${prefix & 255}.1`;
}

export function dial(port: number, from: string): net.Socket {
  const socket = net.connect({ host: '127.0.0.1', port, localAddress: from });
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  return socket;
}

/** A frame under a mask of zeros (RFC 6455 section 5.2), which may declare another length than it has. */
export function frame(opcode: number, payload: Uint8Array, declaredBytes = payload.length): Buffer {
  const head = Buffer.alloc(14);
  head[0] = 0x80 | opcode;
  if (declaredBytes < 126) {
    head[1] = 0x80 | declaredBytes;
    return Buffer.concat([head.subarray(0, 6), payload]);
  }
  if (declaredBytes < 65_536) {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(declaredBytes, 2);
    return Buffer.concat([head.subarray(0, 8), payload]);
  }
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(declaredBytes), 2);
  return Buffer.concat([head, payload]);
}

/** Upgrades, and calls back with the nonce of the hello. */
export function greet(socket: net.Socket, onHello: (nonce: Uint8Array) => void): void {
  socket.on('connect', () => socket.write(upgradeRequest));
  waitFor(socket, /"nonce":"(.{43})"/, (nonce) => onHello(new Uint8Array(Buffer.from(nonce, 'base64url'))));
}

/** Joins, and calls back when it has; `spoil` changes the proof. */
export function enter(socket: net.Socket, keys: Keys, onJoined: () => void, choices: JoinChoices = {}): void {
  greet(socket, (nonce) => {
    socket.write(frame(opcodes.text, Buffer.from(encodeClientMessage(joinOf(keys, nonce, choices)))));
    waitFor(socket, /"type":"joined"()/, onJoined);
  });
}

function waitFor(socket: net.Socket, pattern: RegExp, onFound: (match: string) => void): void {
  let received = '';
  socket.on('data', function look(data: Buffer) {
    received = (received + data.toString('latin1')).slice(-4096);
    const [, match] = pattern.exec(received) ?? [];
    if (match === undefined) return;
    socket.off('data', look);
    // What comes later is dropped, but read, unless somebody pauses the socket.
    socket.on('data', () => {});
    onFound(match);
  });
}
