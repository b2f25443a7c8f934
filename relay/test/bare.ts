// Members on bare TCP connections, for what a well-behaved client never does.
import net from 'node:net';
import { encodeClientMessage } from '@pug/wire';
import { joinOf, type Keys } from './peer.ts';

/** A member that joins and then reads nothing, not even a ping or a close, until `resume`. */
export async function unreading(to: string, keys: Keys): Promise<net.Socket> {
  const socket = net.connect(Number(new URL(to).port), '127.0.0.1');
  const headers = `Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n`;
  socket.write(
    `GET /ws HTTP/1.1\r\n${headers}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: pug.1\r\n\r\n`,
  );
  const nonce = await new Promise<Uint8Array>((resolve) => {
    let received = '';
    socket.on('data', function look(data) {
      received += data.toString('latin1');
      const [, spelt] = /"nonce":"(.{43})"/.exec(received) ?? [];
      if (spelt === undefined) return;
      socket.off('data', look);
      resolve(new Uint8Array(Buffer.from(spelt, 'base64url')));
    });
  });
  const text = Buffer.from(encodeClientMessage(joinOf(keys, nonce)));
  const head = Buffer.of(0x81, 0x80 | 126, text.length >> 8, text.length & 255, 0, 0, 0, 0);
  socket.pause();
  socket.write(Buffer.concat([head, text]));
  return socket;
}

/** Everything that still comes until the connection ends. */
export function readAll(socket: net.Socket): Promise<Buffer> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    for (const end of ['close', 'error', 'end']) socket.once(end, () => resolve(Buffer.concat(parts)));
    socket.on('data', (data) => parts.push(Buffer.from(data)));
    socket.resume();
  });
}

/** The `seq` of each whole binary message in a server's bytes (RFC 6455 section 5.2), the tail of a broken one left out. */
export function frameSeqs(stream: Buffer): readonly number[] {
  const seqs: number[] = [];
  for (let at = 0; at + 10 < stream.length; ) {
    const short = (stream[at + 1] ?? 0) & 127;
    const head = short === 126 ? 4 : short === 127 ? 10 : 2;
    const length =
      short === 126 ? stream.readUInt16BE(at + 2) : short === 127 ? Number(stream.readBigUInt64BE(at + 2)) : short;
    if (at + head + length > stream.length) break;
    if (((stream[at] ?? 0) & 15) === 2) seqs.push(stream.readUInt32BE(at + head));
    at += head + length;
  }
  return seqs;
}
