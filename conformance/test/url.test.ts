/** The suite as a command: it judges a relay of which it knows nothing but an address, also behind TLS, and says what it could not ask. */
import { afterAll, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { startRelay } from '../src/relay.ts';

const command = fileURLToPath(new URL('../src/session.ts', import.meta.url));
const limitMs = 120_000;
const relay = await startRelay();
const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await relay.process?.stop();
});

interface Judgement {
  readonly code: number;
  readonly lines: readonly string[];
  readonly failed: readonly string[];
}

async function judge(args: readonly string[], env: Record<string, string> = {}): Promise<Judgement> {
  const child = Bun.spawn([process.execPath, command, ...args], {
    env: { ...process.env, ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const lines = `${await new Response(child.stdout).text()}${await new Response(child.stderr).text()}`.split('\n');
  const failed = lines.flatMap((line) => /^FAILED {2}(.*)/.exec(line)?.[1] ?? []);
  return { code: await child.exited, lines, failed };
}

test(
  'a relay is judged by a ws address, and what it could not be asked is said with the reason',
  async () => {
    const { code, lines, failed } = await judge(['--url', `ws://127.0.0.1:${relay.url.port}/ws`]);
    expect(failed).toEqual([]);
    expect(code).toBe(0);
    const skipped = lines.filter((line) => line.startsWith('skipped '));
    expect(skipped.filter((line) => !/: needs /.test(line))).toEqual([]);
    expect(skipped.length).toBeGreaterThan(10);
    const unjudged = lines.find((line) => line.startsWith('not judged'));
    for (const rule of ['SK-14', 'LM-6', 'PW-11']) expect(unjudged).toContain(rule);
  },
  limitMs,
);

/** Ends TLS and does nothing else: of HT-10 and HT-11 it forgets what is for TLS. */
async function terminator(): Promise<Server> {
  const what = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const who = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const made = spawnSync('openssl', [...what, ...who, '-keyout', key, '-out', certificate]);
  if (made.status !== 0) throw new Error(`openssl failed: ${made.stderr}`);
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (outer) => {
    const inner = connect(Number(relay.url.port), '127.0.0.1');
    outer.pipe(inner).pipe(outer);
    // What the relay said before it ended the connection still goes out, whatever the judge goes on to send.
    inner.on('error', () => undefined).on('close', () => outer.end());
    outer.on('error', () => undefined).on('close', () => inner.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

test(
  'HT-10 HT-11 behind TLS all of it is judged, too, and a proxy that forgets Strict-Transport-Security is found',
  async () => {
    const server = await terminator();
    // A server on a port has an address that is not a text.
    const { port } = server.address() as { port: number };
    const url = ['--url', `wss://localhost:${port}`];
    try {
      const { code, failed } = await judge(url, { NODE_EXTRA_CA_CERTS: certificate });
      expect(code).toBe(1);
      const forgotten = 'HT-10 HT-11 Strict-Transport-Security is sent over TLS and only there';
      // The page is served only where the web client was built.
      expect(failed.filter((title) => title !== 'HT-10 HT-12 the page is sent with exactly its headers')).toEqual([
        forgotten,
      ]);
      const distrusted = await judge(url);
      expect(distrusted.code).toBe(1);
      expect(distrusted.lines.join('\n')).toContain('certificate');
    } finally {
      server.close();
    }
  },
  limitMs,
);

test('what asks for nothing, or for a scenario that is not there, is no success', async () => {
  expect((await judge(['--url', relay.url.href, '--only', 'no such title'])).code).toBe(2);
  expect((await judge(['--url', 'ftp://localhost'])).code).toBe(2);
});

test('transcripts show what was said and heard, and no secret', async () => {
  const { code, lines } = await judge(['--only', 'RM-7 RM-10 JN-4', '--transcripts', '--url', relay.url.href]);
  expect(code).toBe(0);
  const transcript = lines.filter((line) => /^ {8} *\d+ [A-Z] [→←]/.test(line)).join('\n');
  expect(transcript).toContain('"type":"purge"');
  expect(transcript).toContain('"code":4000');
  expect(lines.join('\n')).not.toMatch(/(?=[\w-]*[A-Z\d])[\w-]{22,}/);
});
