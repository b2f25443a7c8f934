import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import net from 'node:net';
import { join } from 'node:path';
import { encodeCreateRequest, subprotocol } from '@pug/wire';
import { type Bridge, bridge } from './bridge.ts';
import { certificates } from './certificates.ts';
import { createRoom, makeKeys, Peer, solvedRequest } from './peer.ts';
import { listening, outputOf, program, type Running, spawned, temporaryFolder, until } from './running.ts';
import { rawRequest } from './started.ts';

const { good } = certificates();
const idleSeconds = 2;

interface Ports {
  readonly relay: number;
  readonly plain: number;
  readonly tls: number;
}

interface Proxy {
  readonly name: string;
  readonly sample: string;
  /** Whether its sample has a time-out for silent sockets. */
  readonly isImpatient: boolean;
  /** What of the sample is for a real machine → what it is here. */
  readonly here: (ports: Ports, folder: string) => readonly (readonly [string, string])[];
  /** Files beside the sample's, and the command's arguments after the program. */
  readonly around: (sample: string, folder: string) => readonly string[];
}

const proxies: readonly Proxy[] = [
  {
    name: 'nginx',
    sample: 'nginx.conf',
    isImpatient: true,
    here: ({ relay, plain, tls }, folder) => [
      ['127.0.0.1:3000', `127.0.0.1:${relay}`],
      ['listen 80;', `listen 127.0.0.1:${plain};`],
      ['  listen [::]:80;\n', ''],
      ['listen 443 ssl http2;', `listen 127.0.0.1:${tls} ssl http2;`],
      ['  listen [::]:443 ssl http2;\n', ''],
      ['/etc/ssl/pug/fullchain.pem', join(folder, 'cert.pem')],
      ['/etc/ssl/pug/privkey.pem', join(folder, 'key.pem')],
      ['75s', `${idleSeconds}s`],
    ],
    around: (sample, folder) => {
      const main = join(folder, 'main.conf');
      // A site of its own is all that the sample is; what surrounds it is nginx's own, compressing as Debian's does, and more.
      writeFileSync(
        main,
        `daemon off; pid ${folder}/pid; error_log stderr crit; events {} http { access_log ${folder}/access.log; gzip on; gzip_types *; include ${sample}; }`,
      );
      return ['-p', folder, '-c', main, '-e', 'stderr'];
    },
  },
  {
    name: 'haproxy',
    sample: 'haproxy.cfg',
    isImpatient: true,
    here: ({ relay, plain, tls }, folder) => [
      ['127.0.0.1:3000', `127.0.0.1:${relay}`],
      [':::80 v4v6', `127.0.0.1:${plain}`],
      [':::443 v4v6', `127.0.0.1:${tls}`],
      ['/etc/haproxy/pug.pem', join(folder, 'both.pem')],
      ['maxconn 100000', 'maxconn 1000'],
      // Only root can give up being root.
      ...(process.getuid?.() === 0
        ? []
        : [['  chroot /var/lib/haproxy\n  user haproxy\n  group haproxy\n', ''] as const]),
      ['75s', `${idleSeconds}s`],
    ],
    around: (sample) => ['-db', '-f', sample],
  },
  {
    name: 'caddy',
    sample: 'Caddyfile',
    isImpatient: false,
    here: ({ relay, plain, tls }, folder) => [
      ['127.0.0.1:3000', `127.0.0.1:${relay}`],
      // Its own authority and its way to http are for the Internet: here the certificate is given.
      ['{\n\tlog default', `{\n\tadmin off\n\thttp_port ${plain}\n\tlog default`],
      ['pug.example {', `https://:${tls} {\n\ttls ${join(folder, 'cert.pem')} ${join(folder, 'key.pem')}`],
    ],
    around: (sample) => ['run', '--adapter', 'caddyfile', '--config', sample],
  },
];

function replaced(text: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`the sample has no ${from}`);
    return result.replaceAll(from, to);
  }, text);
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  const { port } = await until(() => server.address() as net.AddressInfo | undefined); // It listens on a port.
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Scene {
  readonly relay: Running;
  readonly child: Bun.Subprocess<'ignore', 'pipe', 'pipe'>;
  /** All that the proxy wrote to stdout and stderr. */
  readonly printed: () => string;
  /** The proxy over TLS, from this machine's usual address and from one of another prefix. */
  readonly near: Bridge;
  readonly far: Bridge;
  /** The proxy itself, over TLS and in plain HTTP. */
  readonly secure: string;
  readonly plain: string;
}

/** A relay, the proxy in front of it, and clients' ways to the proxy. */
async function begin(proxy: Proxy, path: string, folder: string): Promise<Scene> {
  const relay = await listening(spawned(['--trusted-proxies', '127.0.0.1', '--max-unjoined-per-prefix', '2']));
  const ports = { relay: Number(new URL(relay.origin).port), plain: await freePort(), tls: await freePort() };
  writeFileSync(join(folder, 'cert.pem'), good.cert);
  writeFileSync(join(folder, 'key.pem'), good.key);
  writeFileSync(join(folder, 'both.pem'), good.cert + good.key);
  const sample = readFileSync(join(import.meta.dir, '..', '..', 'deploy', proxy.sample), 'utf8');
  const place = join(folder, proxy.sample);
  writeFileSync(place, replaced(sample, proxy.here(ports, folder)));
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const command = [path, ...proxy.around(place, folder)];
  const child = Bun.spawn(command, { cwd: folder, env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
  const printed = outputOf(child);
  const secure = `https://127.0.0.1:${ports.tls}`;
  const near = await bridge(secure, [good.cert]);
  const far = await bridge(secure, [good.cert], '127.0.5.7');
  const isUp = () =>
    fetch(`${near.origin}/healthz`).then(
      ({ status }) => status === 200 || undefined,
      () => undefined,
    );
  await until(isUp, printed);
  return { relay, child, printed, near, far, secure, plain: `http://127.0.0.1:${ports.plain}` };
}

for (const proxy of proxies) {
  const path = program(proxy.name);
  describe.skipIf(path === null)(`behind ${proxy.name}, as deploy/${proxy.sample} has it`, () => {
    const folder = temporaryFolder();
    let scene: Scene;
    beforeAll(async () => {
      scene = await begin(proxy, path ?? '', folder);
    }, 20_000);
    afterAll(() => {
      scene.child.kill('SIGTERM');
      scene.relay.child.kill('SIGKILL');
    });

    test("OP-16 the headers are the relay's with HSTS, and plain HTTP leads to TLS", async () => {
      const { near, plain } = scene;
      const asked = { headers: { 'Accept-Encoding': 'gzip' }, decompress: false };
      const { headers } = await fetch(`${near.origin}/api/v1/policy`, asked);
      expect(headers.get('content-encoding')).toBeNull();
      expect(headers.get('strict-transport-security')).toBe('max-age=63072000; includeSubDomains');
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'; sandbox");
      const answer = await rawRequest(plain, 'GET /r HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      expect(answer).toMatch(/^HTTP\/1\.1 308 [\s\S]*\r\nlocation: https:\/\/localhost(:\d+)?\/r\r\n/i);
    });

    test('OP-16 HT-4 a room is made over HTTP/2, whether the length of the request was declared or not', async () => {
      const { near, secure } = scene;
      for (const isDeclared of [true, false]) {
        const body = encodeCreateRequest(await solvedRequest(near.origin, makeKeys()));
        expect(await statusOverHttp2(secure, body, isDeclared)).toBe(201);
      }
    });

    test('OP-16 SK-11 a quiet room outlives the time-out for silent sockets, because its members ping', async () => {
      const { near } = scene;
      const room = await createRoom(near.origin);
      const [one, two] = [await Peer.joined(near.origin, room), await Peer.joined(near.origin, room)];
      await one.nextMessage('join');
      const silent = await Peer.joined(near.origin, room);
      for (const peer of [one, two]) await peer.nextMessage('join');
      let isCut = false;
      void silent.closed.then(() => {
        isCut = true;
      });
      for (let spentMs = 0; spentMs < 1000 * idleSeconds + 1500; spentMs += 500) {
        await Bun.sleep(500);
        for (const peer of [one, two]) peer.send({ type: 'ping' });
      }
      // The time-out is real: whoever says nothing and hears nothing is cut off by it.
      expect(isCut).toBe(proxy.isImpatient);
      one.say(Uint8Array.of(42));
      expect((await frameAfterPongs(two)).payload).toEqual(Uint8Array.of(42));
      for (const peer of [one, two, silent]) peer.socket.close();
    }, 30_000);

    test('OP-16 LM-5 what a client writes into X-Forwarded-For is worth nothing, and clients are told apart', async () => {
      const { near, far } = scene;
      const visitor = (at: Bridge, forged: string) =>
        new Peer(at.origin, { protocols: [subprotocol], headers: { 'X-Forwarded-For': forged } });
      const first = visitor(near, '198.51.100.1');
      await first.nextMessage('hello');
      await visitor(near, '203.0.113.9').nextMessage('hello');
      // Somebody of another prefix, who says to be of the first, puts nobody out.
      await visitor(far, '127.0.0.1').nextMessage('hello');
      // One more of the first prefix puts out who has waited longest there (LM-4), whoever they all say to be.
      await visitor(near, '2001:db8::1').nextMessage('hello');
      expect(await first.closed).toMatchObject({ code: 1013 });
    });

    test('OP-16 RL-2 it keeps no address and no path, not even of what went wrong', async () => {
      const { relay, far, printed } = scene;
      const marker = 'QzMarkerQz';
      await fetch(`${far.origin}/${marker}`);
      relay.child.kill('SIGKILL');
      await relay.child.exited;
      await until(() => fetch(`${far.origin}/${marker}`).then(({ status }) => (status >= 502 ? true : undefined)));
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const kept = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8')).join('\n');
      for (const planted of [marker, '127.0.5.7']) expect(kept + printed()).not.toContain(planted);
    });
  });
}

/** What a create request is answered with. HTTP/2 ends a body without its length, which a proxy has to pass on in another way (HT-4). */
function statusOverHttp2(secure: string, body: string, isDeclared: boolean): Promise<number | undefined> {
  const session = http2.connect(secure, { ca: good.cert, servername: 'localhost' });
  const length = isDeclared ? { 'content-length': String(body.length) } : {};
  const head = { ':method': 'POST', ':path': '/api/v1/rooms', 'content-type': 'application/json', ...length };
  return new Promise<number | undefined>((resolve, reject) => {
    session.on('error', reject);
    const request = session.request(head);
    request.on('error', reject);
    request.on('response', (headers) => resolve(headers[':status']));
    request.write(body.slice(0, 9));
    setTimeout(() => request.end(body.slice(9)), 50);
  }).finally(() => session.destroy());
}

async function frameAfterPongs(peer: Peer) {
  for (;;) {
    const next = await peer.next();
    if (next.kind === 'frame') return next.frame;
  }
}
