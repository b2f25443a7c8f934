// The floor of what a join on Bun can cost: a socket, a hello with a fresh nonce, one signature check, a word to those who are in the room, an
// answer. It keeps no state of rooms and has no limits.
// Prints the port it listens on.
import { createPublicKey, randomBytes, verify } from 'node:crypto';

interface Socket {
  readonly nonce: Buffer;
}

const server = Bun.serve<Socket>({
  hostname: '127.0.0.1',
  port: 0,
  fetch(request, self) {
    const upgraded = self.upgrade(request, {
      data: { nonce: randomBytes(32) },
      headers: { 'Sec-WebSocket-Protocol': 'pug.1' },
    });
    return upgraded ? undefined : new Response(null, { status: 400 });
  },
  websocket: {
    perMessageDeflate: false,
    open(socket) {
      socket.send(`{"type":"hello","nonce":"${socket.data.nonce.toString('base64url')}","protocol":1}`);
    },
    message(socket, text) {
      if (typeof text !== 'string') return;
      const { room, joinKey, proof } = JSON.parse(text);
      const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: joinKey }, format: 'jwk' });
      const signed = Buffer.concat([Buffer.from('pug/1 join'), Buffer.from(room, 'base64url'), socket.data.nonce]);
      if (!verify(null, signed, key, Buffer.from(proof, 'base64url'))) return socket.close(4003);
      server.publish(room, '{"type":"join","seq":1,"member":1}');
      socket.subscribe(room);
      socket.send('{"type":"joined"}');
    },
  },
});
console.log(server.port);
