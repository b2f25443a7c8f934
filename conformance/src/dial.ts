/** A TCP or TLS connection to the relay under test, from a chosen local address where the relay is on this machine. */
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** How long anything here waits for the relay before it calls it silent. */
export const patienceMs = 5_000;

/** Nothing came in that time. */
export class Silence extends Error {}

/**
 * Whether a test can speak to the relay from many addresses (127.0.0.0/8): it is on this machine, and so is not reached through TLS, which
 * another program may end before it.
 */
export function hasManyAddresses(url: URL): boolean {
  return url.protocol === 'http:' && (url.hostname === 'localhost' || /^127\./.test(url.hostname));
}

/**
 * Opens a connection. The certificate of an https relay must be good; NODE_EXTRA_CA_CERTS names a file of authorities besides the public ones.
 * @throws when it is refused or takes over 5 s
 */
export function dial(url: URL, localAddress?: string): Promise<Socket> {
  const secure = url.protocol === 'https:';
  // `localhost` may be ::1 first; the test addresses are IPv4.
  const host = url.hostname === 'localhost' ? '127.0.0.1' : url.hostname.replace(/[[\]]/g, '');
  const port = Number(url.port || (secure ? 443 : 80));
  const socket = secure
    ? // Only a name can be asked for; a certificate for an address is compared with `host`.
      connectTls({ host, port, ...(isIP(host) ? {} : { servername: url.hostname }) })
    : connect({ host, port, ...(localAddress === undefined ? {} : { localAddress }) });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Silence(`no connection to ${url.host} in time`)), patienceMs);
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      socket.setNoDelay(true);
      socket.removeAllListeners('error');
      // What ends a connection is read from its close; an error without a listener would end the process.
      socket.on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}
