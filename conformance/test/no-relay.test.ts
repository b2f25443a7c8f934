/** What is no relay is judged, too: in a time that has an end, in lines that a person can read, and with exit code 1. */
import { afterAll, describe, expect, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { defaultPolicy, encodePolicy } from '@pug/wire';
import { exchange } from '../src/http.ts';

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

/** Whatever is sent, these bytes are the answer; null ends the connection without one, and undefined leaves it as it is. */
function serve(answer: (request: string) => string | null | undefined): Promise<URL> {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      const text = answer(bytes.toString('latin1'));
      if (text === undefined) return;
      if (text === null) socket.destroy();
      else socket.end(text);
    });
  });
  servers.push(server);
  return new Promise((resolve, reject) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') return reject(new Error('it listens on no port'));
      resolve(new URL(`http://127.0.0.1:${address.port}`));
    });
  });
}

const answered = (body: string) =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** Judges what is at `url` by two scenarios. */
async function judged(url: URL) {
  const args = ['conformance/src/session.ts', '--url', url.href, '--only', 'RM-7'];
  const child = spawn(process.execPath, args, { cwd: `${import.meta.dir}/../..`, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const status = await new Promise((resolve) => child.once('close', resolve));
  return { status, stdout, stderr };
}

describe.concurrent('judging what is no relay', () => {
  test.each([
    ['ends every connection', () => null, 'FAILED  no relay to judge: connection closed'],
    ['answers something else, with orders for the terminal', () => answered('\u001b[2Jhello'), '200 \\u001b[2Jhello'],
    [
      'only has a policy',
      (request: string) => (request.includes('/policy') ? answered(encodePolicy(defaultPolicy)) : null),
      '0 passed, 2 failed, 0 skipped',
    ],
    [
      'publishes its policy and then hangs',
      (request: string) => (request.includes('/policy') ? answered(encodePolicy(defaultPolicy)) : undefined),
      'FAILED  the relay answers no more: a call for a challenge is left without an answer; scenarios that were not judged: 2',
    ],
  ] as const)(
    'that %s',
    async (_, answer, line) => {
      const { status, stdout, stderr } = await judged(await serve(answer));
      expect([status, stderr]).toEqual([1, '']);
      expect(stdout).toContain(line);
    },
    60_000,
  );

  test.each(['-6', '+5', '0x5', ' 5', '5 ', 'ffffffffffff'])(
    'a chunk of %p bytes is the end of an answer',
    async (size) => {
      const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
      const url = await serve(() => `${head}${size}\r\nhello\r\n0\r\n\r\n`);
      await expect(exchange(url, { path: '/' })).rejects.toThrow('of an answer');
    },
  );
});
