// A way for plain test clients to a relay that speaks TLS: each connection is TLS of its own, checked strictly.
import net from 'node:net';
import tls from 'node:tls';

export interface Bridge {
  /** What a client connects to instead. */
  readonly origin: string;
  /** The name on the certificate that each connection was shown, in order. */
  readonly shown: readonly string[];
}

/**
 * Listens on a port of its own.
 * @param to where TLS is spoken
 * @param authorities certificates that are believed; another ends the connection
 * @param from the address to come from
 */
export async function bridge(to: string, authorities: readonly string[], from = '127.0.0.1'): Promise<Bridge> {
  const shown: string[] = [];
  const port = Number(new URL(to).port);
  const server = net.createServer((near) => {
    const plain = net.connect({ port, host: '127.0.0.1', localAddress: from });
    const far = tls.connect({ socket: plain, ca: [...authorities], servername: 'localhost' }, () => {
      shown.push(String(far.getPeerCertificate().subject.CN));
    });
    near.pipe(far).pipe(near);
    for (const [one, another] of [[near, far] as const, [far, near] as const]) {
      one.on('error', () => another.destroy());
      one.on('close', () => another.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a listening server has a port');
  return { origin: `http://127.0.0.1:${address.port}`, shown };
}
