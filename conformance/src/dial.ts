/** A TCP or TLS connection to the relay under test, from a chosen local address where the relay is on this machine. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** How long anything here waits for the relay before it calls it silent. */
export const patienceMs = 5_000;

/** Whether `url` names this machine: only then can a test speak from many addresses (127.0.0.0/8). */
export function isLoopback(url: URL): boolean {
  return url.hostname === 'localhost' || /^127\./.test(url.hostname);
}

/** Opens a connection. @throws when it is refused or takes over 5 s */
export function dial(url: URL, localAddress?: string): Promise<Socket> {
  const secure = url.protocol === 'https:';
  // `localhost` may be ::1 first; the test addresses are IPv4.
  const host = url.hostname === 'localhost' ? '127.0.0.1' : url.hostname;
  const port = Number(url.port || (secure ? 443 : 80));
  const socket = secure
    ? connectTls({ host, port, servername: url.hostname })
    : connect({ host, port, ...(localAddress === undefined ? {} : { localAddress }) });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error(`no connection to ${url.host} in time`)), patienceMs);
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
