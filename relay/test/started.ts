// Relays for these tests: in this process, on a free port of the loopback interface.
import { afterAll, expect } from 'bun:test';
import net from 'node:net';
import { decodeProblem, type ProblemCode, problems } from '@pug/wire';
import { type Site, siteOf } from '../src/assets.ts';
import { readConfig } from '../src/config.ts';
import { type Relay, startRelay } from '../src/server.ts';

const nothing = siteOf(new Map(), new Map());

/** A relay with these flags that stops when the test file is done. */
export function startedRelay(flags: readonly string[] = [], site: Site = nothing): Relay & { origin: string } {
  const args = ['--host', '127.0.0.1', '--port', '0', ...flags];
  const start = readConfig({ args, env: {}, readFile: () => null, version: '0' });
  if (start.start !== 'serve') throw new Error(start.text);
  const relay = startRelay(start.config, site);
  afterAll(relay.stop);
  return { ...relay, origin: `http://127.0.0.1:${relay.port}` };
}

/** Sends exactly these bytes and returns what comes back until the connection ends or nothing came for a while. */
export function rawRequest(origin: string, text: string, quietMs = 300): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(new URL(origin).port), '127.0.0.1', () => socket.write(text, 'latin1'));
    let received = '';
    const done = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(received);
    };
    let timer = setTimeout(done, 5000);
    socket.on('data', (data) => {
      received += data.toString('latin1');
      clearTimeout(timer);
      timer = setTimeout(done, quietMs);
    });
    socket.on('close', done);
    socket.on('error', reject);
  });
}

export async function expectProblem(response: Response, code: ProblemCode): Promise<void> {
  const text = await response.text();
  expect(decodeProblem(text)?.code, text).toBe(code);
  expect(response.status).toBe(problems[code].status);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
}
