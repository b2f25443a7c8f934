import { describe, expect, test } from 'bun:test';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeClientMessage } from '@pug/wire';
import { frame, opcodes, upgradeRequest } from './attacks/bare-socket.ts';
import { bridge } from './bridge.ts';
import { certificates } from './certificates.ts';
import { createRoom, joinOf, type Keys, Peer } from './peer.ts';
import { environment, logged, logOf, type Running, relayCommand, running, temporaryFolder, until } from './running.ts';
import { rawRequest } from './started.ts';

const { good, other } = certificates();
const folder = temporaryFolder();
const [certFile, keyFile] = [join(folder, 'relay.crt'), join(folder, 'relay.key')];

function put({ cert, key }: typeof good): void {
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key);
}

async function runningTls(flags: readonly string[] = []): Promise<Running> {
  put(good);
  return running(['--tls-cert', certFile, '--tls-key', keyFile, ...flags]);
}

function ask(origin: string, target: string, host: string | null = 'pug.example', method = 'GET'): Promise<string> {
  const hostLine = host === null ? '' : `Host: ${host}\r\n`;
  return rawRequest(origin, `${method} ${target} HTTP/1.1\r\n${hostLine}Connection: close\r\n\r\n`);
}

/** What a line of the log says about a port of ours, as an origin. */
async function originOf(relay: Running, field: 'redirectPort' | 'metricsPort', host = '127.0.0.1'): Promise<string> {
  return `http://${host}:${(await logged(relay, 'listening'))[field]}`;
}

/** How many lines of this event there are. */
function count(relay: Running, name: string): number {
  return logOf(relay).filter(({ event }) => event === name).length;
}

async function hangup(relay: Running, event: string): Promise<void> {
  const before = count(relay, event);
  relay.child.kill('SIGHUP');
  await until(() => (count(relay, event) > before ? true : undefined), relay.output);
}

/** A member in a process of its own, that can be stopped: a client here would go on reading for its side of TLS. */
async function memberElsewhere(to: string, keys: Keys): Promise<Bun.Subprocess> {
  const client = ['openssl', 's_client', '-quiet', '-connect', new URL(to).host];
  const child = Bun.spawn(client, { stdin: 'pipe', stdout: 'pipe', stderr: 'ignore' });
  const say = (bytes: string | Uint8Array) => {
    child.stdin.write(bytes);
    return child.stdin.flush();
  };
  await say(upgradeRequest);
  const reader = child.stdout.getReader();
  let [heard, nonce] = ['', ''];
  while (nonce === '') {
    const { value, done } = await reader.read();
    if (done) throw new Error('the connection has ended');
    heard += Buffer.from(value).toString('latin1');
    [, nonce = ''] = /"nonce":"(.{43})"/.exec(heard) ?? [];
  }
  const join = encodeClientMessage(joinOf(keys, new Uint8Array(Buffer.from(nonce, 'base64url'))));
  await say(frame(opcodes.text, Buffer.from(join)));
  return child;
}

describe('TLS', () => {
  test('OP-4 HT-10 HT-11 TLS only, with HSTS on every answer, and a room over it', async () => {
    const relay = await runningTls();
    expect(relay.origin).toStartWith('https://');
    const { origin, shown } = await bridge(relay.origin, [good.cert]);
    for (const path of ['/', '/healthz', '/nothing', '/r%23x']) {
      const { headers } = await fetch(origin + path);
      expect(headers.get('strict-transport-security')).toBe('max-age=63072000; includeSubDomains');
    }
    const room = await createRoom(origin);
    const [one, two] = [await Peer.joined(origin, room), await Peer.joined(origin, room)];
    one.say(Buffer.from('over TLS'));
    expect(Buffer.from((await two.nextFrame()).payload).toString()).toBe('over TLS');
    expect(new Set(shown)).toEqual(new Set(['good']));
    expect(await ask(relay.origin.replace('https', 'http'), '/healthz')).not.toContain('200');
  });

  test('OP-4 nothing older than TLS 1.2 is spoken', async () => {
    const relay = await runningTls();
    const versionOf = async (flag: string) => {
      const weak = flag === '-tls1_3' ? [] : ['-cipher', 'ALL:@SECLEVEL=0'];
      const address = new URL(relay.origin).host;
      const child = Bun.spawn(['openssl', 's_client', '-connect', address, flag, ...weak], {
        stdin: 'ignore',
        stdout: 'pipe',
        stderr: 'ignore',
      });
      return /^New, ([^,]+),/m.exec(await new Response(child.stdout).text())?.[1];
    };
    const versions = await Promise.all(['-tls1', '-tls1_1', '-tls1_2', '-tls1_3'].map(versionOf));
    expect(versions).toEqual(['(NONE)', '(NONE)', 'TLSv1.2', 'TLSv1.3']);
  });

  test('OP-4 HT-15 the own origin begins with https', async () => {
    const relay = await runningTls();
    const { origin } = await bridge(relay.origin, [good.cert]);
    const status = async (scheme: string) => {
      const own = new URL(origin).host;
      return (await fetch(`${origin}/api/v1/challenge`, { headers: { Origin: `${scheme}://${own}` } })).status;
    };
    expect([await status('https'), await status('http')]).toEqual([200, 403]);
  });

  test('OP-5 SIGHUP: the new certificate for who comes now, while open sockets stay and one room spans both', async () => {
    const relay = await runningTls();
    const before = await bridge(relay.origin, [good.cert]);
    const room = await createRoom(before.origin);
    const early = await Peer.joined(before.origin, room, { owner: true });
    put(other);
    await hangup(relay, 'tls_reloaded');
    const after = await bridge(relay.origin, [other.cert]);
    const late = await Peer.joined(after.origin, room);
    expect([new Set(before.shown), new Set(after.shown)]).toEqual([new Set(['good']), new Set(['other'])]);
    expect(await early.nextMessage('join')).toMatchObject({ member: 2 });
    early.say(Buffer.from('from before'));
    late.say(Buffer.from('from after'));
    for (const peer of [early, late]) {
      const texts = [await peer.nextFrame(), await peer.nextFrame()].map(({ payload }) =>
        Buffer.from(payload).toString(),
      );
      expect(texts.toSorted()).toEqual(['from after', 'from before']);
    }
    early.say(Buffer.from('directly'), 2);
    expect(Buffer.from((await late.nextFrame()).payload).toString()).toBe('directly');
    early.send({ type: 'purge' });
    expect([await early.closed, await late.closed]).toMatchObject([{ code: 4000 }, { code: 4000 }]);
    relay.child.kill('SIGTERM');
    expect(await relay.child.exited).toBe(0);
  });

  test('OP-5 a pair that will not do is refused, by a word, and the old one stays', async () => {
    const relay = await runningTls();
    put({ cert: other.cert, key: good.key });
    await hangup(relay, 'tls_refused');
    writeFileSync(keyFile, 'no PEM');
    await hangup(relay, 'tls_refused');
    put(good);
    writeFileSync(certFile, good.cert.replace(/^[A-Za-z0-9]/m, '!'));
    await hangup(relay, 'tls_refused');
    rmSync(certFile);
    await hangup(relay, 'tls_refused');
    const { origin, shown } = await bridge(relay.origin, [good.cert]);
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
    expect(shown).toEqual(['good']);
    expect(count(relay, 'tls_reloaded')).toBe(0);
    const refused = logOf(relay).filter(({ event }) => event === 'tls_refused');
    expect(refused.map(({ level }) => level)).toEqual(Array(4).fill('error'));
    expect(refused.map(({ code }) => code)).toEqual(['unusable', 'unusable', 'unusable', 'unreadable']);
    expect(relay.output()).not.toContain(folder);
  });

  test('OP-5 ten renewals in a row while a room talks: nothing is lost', async () => {
    const relay = await runningTls();
    const { origin } = await bridge(relay.origin, [good.cert, other.cert]);
    const room = await createRoom(origin, { capacity: 6 });
    const listener = await Peer.joined(origin, room);
    let said = 0;
    for (let round = 0; round < 10; round++) {
      put(round % 2 === 0 ? other : good);
      await hangup(relay, 'tls_reloaded');
      const talker = await Peer.joined(origin, room);
      await listener.nextMessage('join');
      for (let i = 0; i < 5; i++) talker.say(Uint8Array.of(said++));
      for (let i = 5; i > 0; i--) expect([...(await listener.nextFrame()).payload]).toEqual([said - i]);
      await talker.close();
      await listener.nextMessage('leave');
    }
  }, 20_000);

  test('LM-3 RM-4 SK-9 who does not read over TLS is closed at the limit as well', async () => {
    const fast = ['--messages-per-second', '20000', '--message-burst', '20000', '--ttl-seconds-max', '3600'];
    const relay = await runningTls([...fast, '--bytes-per-second', '1000000000', '--byte-burst', '1000000000']);
    const { origin } = await bridge(relay.origin, [good.cert]);
    const room = await createRoom(origin);
    const talker = await Peer.joined(origin, room);
    const slow = await memberElsewhere(relay.origin, room);
    await talker.nextMessage('join');
    slow.kill('SIGSTOP');
    let leave: unknown = null;
    // What the systems of both sides take comes on top of its queue of 1 MiB.
    for (let word = 0; leave === null && word < 500; word++) {
      talker.say(new Uint8Array(60_000));
      for (let got = await talker.next(); got.kind !== 'frame'; got = await talker.next()) leave = got.message;
    }
    expect(leave).toMatchObject({ type: 'leave', member: 2, why: 'slow' });
    slow.kill('SIGKILL');
  }, 20_000);

  test('OP-5 without TLS a hangup ends it', async () => {
    const relay = await running();
    relay.child.kill('SIGHUP');
    await relay.child.exited;
    expect(relay.child.signalCode).toBe('SIGHUP');
  });

  test('OP-2 a second relay does not share the port', async () => {
    const relay = await runningTls();
    const flags = [
      '--host',
      '127.0.0.1',
      '--port',
      new URL(relay.origin).port,
      '--tls-cert',
      certFile,
      '--tls-key',
      keyFile,
    ];
    const second = Bun.spawnSync([...relayCommand, ...flags], { env: environment() });
    expect(second.exitCode).toBe(1);
    expect(JSON.parse(second.stderr.toString())).toMatchObject({ event: 'fault', code: 'listen_failed' });
  });
});

describe('the redirect listener', () => {
  test('OP-6 308 to the TLS listener, whatever the path, with the headers of other answers', async () => {
    const relay = await runningTls(['--redirect-listen', '127.0.0.1:0']);
    const [at, { port }] = [await originOf(relay, 'redirectPort'), new URL(relay.origin)];
    const answer = await ask(at, '/r?from=messenger', 'pug.example:8080');
    expect(answer).toStartWith('HTTP/1.1 308 ');
    expect(answer).toContain(`\r\nLocation: https://pug.example:${port}/r?from=messenger\r\n`);
    expect(answer).toContain("\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'; sandbox\r\n");
    expect(answer).not.toContain('Strict-Transport-Security');
    expect(await ask(at, '/', '[::1]')).toContain(`\r\nLocation: https://[::1]:${port}/\r\n`);
    expect(await ask(at, '/', 'pug.example', 'HEAD')).toStartWith('HTTP/1.1 308 ');
    for (const method of ['POST', 'PUT', 'OPTIONS']) {
      expect(await ask(at, '/api/v1/rooms', 'pug.example', method)).toStartWith('HTTP/1.1 405 ');
    }
  });

  test.each([
    'a b',
    'a/b',
    'user@a',
    'a?b',
    'a#b',
    '[::1',
    'a:b',
    'a:1:2',
    '',
    '999.1.1.1',
    '1.2.3',
    '[1::2::3]',
    '[192.0.2.1]',
  ])('OP-6 the host %j leads nowhere', async (host) => {
    const relay = await redirecting;
    const answer = await ask(await originOf(relay, 'redirectPort'), '/', host);
    expect(answer).toStartWith('HTTP/1.1 400 ');
    expect(answer).not.toContain('Location');
  });

  test('OP-6 LK-8 a key that came here is told so, not sent on', async () => {
    const answer = await ask(await originOf(await redirecting, 'redirectPort'), '/r%23AbCd');
    expect(answer).toStartWith('HTTP/1.1 400 ');
    expect(answer).toContain('Open a new room');
    expect(answer).not.toContain('AbCd');
  });

  test('OP-6 no socket, no page and no call in plain HTTP', async () => {
    const at = await originOf(await redirecting, 'redirectPort');
    for (const path of ['/ws', '/', '/api/v1/policy', '/healthz', '/metrics']) {
      expect(await ask(at, path)).toStartWith('HTTP/1.1 308 ');
    }
  });

  const redirecting = runningTls(['--redirect-listen', '127.0.0.1:0']);
});

describe('addresses', () => {
  test('OP-2 IPv6: the address of every listener, and a room', async () => {
    const relay = await running(['--host', '::1', '--metrics-listen', '[::1]:0']);
    expect(relay.origin).toMatch(/^http:\/\/\[::1\]:\d+$/);
    const room = await createRoom(relay.origin);
    const [one, two] = [await Peer.joined(relay.origin, room), await Peer.joined(relay.origin, room)];
    one.say(Uint8Array.of(6));
    expect([...(await two.nextFrame()).payload]).toEqual([6]);
    const metrics = await fetch(`${await originOf(relay, 'metricsPort', '[::1]')}/metrics`);
    expect(await metrics.text()).toContain('\npug_members 2\n');
  });

  test('OP-2 LM-4 `::` is IPv4 as well, and both are counted by their own prefixes', async () => {
    const relay = await running(['--host', '::', '--max-unjoined-per-prefix', '1']);
    const { port } = new URL(relay.origin);
    for (const host of ['127.0.0.1', '[::1]']) {
      const [first, second] = [new Peer(`http://${host}:${port}`), new Peer(`http://${host}:${port}`)];
      // One of them has to go: the older here, the newer where a relay refuses instead.
      await Promise.any([first.nextMessage('hello'), second.nextMessage('hello')]);
      expect(await Promise.any([first.closed, second.closed])).toMatchObject({ code: 1013 });
    }
  });

  test('OP-3 a unix socket: a room through it, left behind by SIGKILL, replaced at the next start, gone after an orderly end', async () => {
    const path = join(folder, 'relay.sock');
    const flags = ['--unix-socket', path, '--shared'];
    const killed = await running(flags);
    expect(killed.origin).toBe(path);
    expect(await (await fetch('http://relay/healthz', { unix: path })).text()).toBe('ok');
    const twice = Bun.spawnSync([...relayCommand, ...flags], { env: environment() });
    expect([twice.exitCode, twice.stderr.toString()]).toEqual([1, expect.stringContaining('listen_failed')]);
    killed.child.kill('SIGKILL');
    await killed.child.exited;
    expect(existsSync(path)).toBe(true);
    const next = await running(flags);
    expect(await (await fetch('http://relay/readyz', { unix: path })).text()).toBe('ready');
    next.child.kill('SIGTERM');
    expect(await next.child.exited).toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  test('OP-3 what is not a socket is left alone', () => {
    const path = join(folder, 'precious');
    writeFileSync(path, 'precious');
    const { exitCode } = Bun.spawnSync([...relayCommand, '--unix-socket', path, '--shared'], { env: environment() });
    expect(exitCode).toBe(1);
    expect(existsSync(path)).toBe(true);
  });
});
