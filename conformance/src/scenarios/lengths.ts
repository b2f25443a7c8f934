/** How long a body is: what a client can say about it, twice, wrongly or not at all (HT-2, HT-4; RFC 9112, section 6). */
import { encodeCreateRequest } from '@pug/wire';
import { dial, patienceMs } from '../dial.ts';
import { type Header, requestBytes } from '../http.ts';
import { demand } from '../peer.ts';
import { type Scenario, scenario } from '../scenario.ts';
import { json, type Trial } from '../trial.ts';

const chunked: Header = ['Transfer-Encoding', 'chunked'];

const last: Header = ['Connection', 'close'];

/** A create request whose `body` is sent as it stands. */
function creation(trial: Trial, headers: readonly Header[], body: string): Buffer {
  const head = requestBytes(trial.relay.url, { method: 'POST', path: '/api/v1/rooms', headers: [json, ...headers] });
  return Buffer.concat([head, Buffer.from(body)]);
}

/** The statuses of all answers to these bytes, and to `more` for as long as the relay listens. @throws when it does not end the connection */
async function statuses(trial: Trial, bytes: Uint8Array, more?: string): Promise<readonly number[]> {
  const socket = await dial(trial.relay.url);
  let received = '';
  socket.on('data', (data) => {
    received += data.toString('latin1');
  });
  socket.write(bytes);
  const repeating = more === undefined ? undefined : setInterval(() => socket.write(more), 2);
  const hasEnded = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(resolve, patienceMs, false);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
  clearInterval(repeating);
  socket.destroy();
  const heard = [...received.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));
  trial.note(`${bytes.length} bytes → ${heard.join(', ') || 'nothing'}`);
  demand(hasEnded, 'HT-2, LM-9: the relay ends the connection');
  return heard;
}

function inChunks(text: string, size: number): string {
  const parts = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
  return `${parts.map((part) => `${hex(part)}\r\n${part}\r\n`).join('')}0\r\n\r\n`;
}

async function chunkedBodies(trial: Trial): Promise<void> {
  const { request, keys } = await trial.request();
  const body = encodeCreateRequest(request);
  const headers = [json, chunked];
  const created = trial.created(await trial.post(inChunks(body, 7), headers));
  demand(created.roomId === keys.roomId, 'HT-4: a body in chunks is a body');
  trial.refused(await trial.post(inChunks('x'.repeat(1024), 100), headers), 'malformed');
  trial.refused(await trial.post(inChunks('x'.repeat(1025), 100), headers), 'too_large');
  trial.refused(await trial.post(inChunks('', 1), headers), 'malformed');
}

const hex = (text: string) => text.length.toString(16);

/** Ways to spell a length that RFC 9112 does not know (sections 6.1, 6.3 and 7.1), or that contradict each other. */
const misspelt: readonly ((body: string) => readonly [headers: readonly Header[], sent: string])[] = [
  ...[
    ...[(size: number) => `+${size}`, (size: number) => `-${size}`, (size: number) => `0x${size.toString(16)}`],
    ...[(size: number) => `${size}.0`, (size: number) => `${size}e0`, (size: number) => `${size} ${size}`],
    ...[(size: number) => String(2n ** 64n + BigInt(size)), () => '', () => 'all'],
  ].map((spelt) => (body: string) => [[['Content-Length', spelt(body.length)]], body] as const),
  (body) => [[...[body.length, 2].map((size) => ['Content-Length', String(size)] as const)], body],
  (body) => [[['Content-Length ', String(body.length)]], body],
  ...['gzip', 'identity', 'xchunked', 'chunked, identity', 'gzip, chunked', 'chunked, chunked', '"chunked"', ''].map(
    (coding) => (body: string) => [[['Transfer-Encoding', coding]], `${hex(body)}\r\n${body}\r\n0\r\n\r\n`] as const,
  ),
  (body) => [[chunked, chunked], `${hex(body)}\r\n${body}\r\n0\r\n\r\n`],
  ...['+', '-', '0x', '1000000000000000', 'g'].map(
    (prefix) => (body: string) => [[chunked], `${prefix}${hex(body)}\r\n${body}\r\n0\r\n\r\n`] as const,
  ),
  (body) => [[chunked], `${hex(body)}\r\n${body}x\r\n0\r\n\r\n`],
];

async function misspeltLengths(trial: Trial): Promise<void> {
  const { request } = await trial.request();
  const body = encodeCreateRequest(request);
  for (const spell of misspelt) {
    const [headers, sent] = spell(body);
    const heard = await statuses(trial, creation(trial, [last, ...headers], sent));
    const isRefused = heard.every((status) => [400, 413, 501].includes(status));
    demand(isRefused, `HT-4: no such length makes a room: ${JSON.stringify(headers)}, ${heard}`);
  }
  const bare = creation(trial, [last], body);
  // In HTTP/1.0 an answer's body may end with its connection, but not that of a request.
  for (const bytes of [bare, Buffer.from(bare.toString('latin1').replace('HTTP/1.1', 'HTTP/1.0'))]) {
    const [first] = await statuses(trial, bytes);
    demand(first === 400, `HT-4: without a length there is no body: ${first}`);
  }
  trial.created(await trial.post(body));
}

/** Whoever stands before a relay and reads by the chunks would pass on, unseen, what the relay took for a second request. */
async function twoLengths(trial: Trial): Promise<void> {
  const get = (path: string) => requestBytes(trial.relay.url, { path, headers: [last] }).toString();
  const hidden = get('/nothing');
  const body = `${hex(hidden)}\r\n${hidden}\r\n0\r\n\r\n`;
  const length: Header = ['Content-Length', String(body.indexOf(hidden))];
  const heard = (...headers: Header[]) => statuses(trial, creation(trial, headers, body + get('/healthz')));
  demand((await heard(length)).join() === '400,404', 'with that length alone it is a request');
  for (const headers of [
    [length, chunked],
    [chunked, length],
  ]) {
    const [first, ...others] = await heard(...headers);
    demand(first === 400, `HT-4: of two lengths the declared one never counts: ${first}`);
    demand(others.length === 0, `HT-4: what has two lengths is the last of its connection: ${others}`);
  }
}

async function endlessBodies(trial: Trial): Promise<void> {
  const chunk = `1000\r\n${'x'.repeat(0x1000)}\r\n`;
  const heard = await statuses(trial, creation(trial, [chunked], ''), chunk);
  // The end of a connection may overtake what was said on it.
  demand(heard.length === 0 || heard.join() === '413', `HT-2: a body without an end is too large: ${heard}`);
  const declared = await statuses(trial, creation(trial, [last, ['Content-Length', '99999999999']], '{}'));
  demand(declared.join() === '413', `HT-2: a length that is too large is enough: ${declared}`);
}

export const lengthScenarios: readonly Scenario[] = [
  scenario('HT-4 HT-2 a body in chunks is read like any other, and bounded like any other', chunkedBodies),
  scenario('HT-4 HT-2 a length of another spelling makes no room', misspeltLengths),
  scenario('HT-4 a body with two lengths is no way to hide a request', twoLengths),
  scenario('HT-2 HT-4 a body without an end is refused before it ends', endlessBodies),
];
