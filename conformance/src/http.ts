/** HTTP as bytes: requests that no HTTP library would send, and answers with every header as it stood. */
import type { Socket } from 'node:net';
import { dial, patienceMs, Silence } from './dial.ts';

export type Header = readonly [name: string, value: string];

export interface Request {
  readonly method?: string;
  /** Sent as it stands, escapes and all. */
  readonly path: string;
  readonly headers?: readonly Header[];
  readonly body?: string | Uint8Array;
  readonly localAddress?: string;
}

/** Header names are lower case, in the order they came. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
  readonly text: string;
}

/** The value of the one header `name`, or null. */
export function headerOf(answer: { readonly headers: readonly Header[] }, name: string): string | null {
  return answer.headers.find(([key]) => key === name.toLowerCase())?.[1] ?? null;
}

/** The bytes of a request. `Host` is given unless `headers` has one; `Content-Length` where there is a body. */
export function requestBytes(url: URL, request: Request): Buffer {
  const { method = 'GET', path, headers = [], body } = request;
  const bytes = Buffer.from(body ?? '');
  const named = (name: string) => headers.some(([key]) => key.toLowerCase() === name);
  const lines = [`${method} ${path} HTTP/1.1`];
  if (!named('host')) lines.push(`Host: ${url.host}`);
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  const needsLength = body !== undefined && !named('content-length') && !named('transfer-encoding');
  if (needsLength) lines.push(`Content-Length: ${bytes.length}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}

/** No page of a relay is nearly that long: whoever sends more does not mean to end. */
const mostAnswerBytes = 2 ** 24;

/** The head of an answer and where its body begins, or null while it is incomplete. */
export function parseHead(bytes: Buffer): { status: number; headers: Header[]; bodyAt: number } | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const headers = lines.map((line): Header => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status: Number(statusLine.split(' ')[1]), headers, bodyAt: end + 4 };
}

/** One request on a connection of its own, on `open` if that is given. @throws when no whole answer comes within 5 s */
export async function exchange(url: URL, request: Request, open?: Socket): Promise<Answer> {
  const socket = open ?? (await dial(url, request.localAddress));
  const headers: Header[] = [...(request.headers ?? []), ['Connection', 'close']];
  socket.write(requestBytes(url, { ...request, headers }));
  return readAnswer(socket, request.method === 'HEAD');
}

/** Reads one answer, of which `first` has arrived already, and ends the connection. @throws when the rest does not come within 5 s */
export function readAnswer(socket: Socket, headOnly: boolean, first: Buffer = Buffer.alloc(0)): Promise<Answer> {
  let received = first;
  return new Promise((resolve, reject) => {
    const finish = (answer: Answer | null, why: string, Failure: new (message: string) => Error = Error) => {
      clearTimeout(timer);
      socket.destroy();
      if (answer) resolve(answer);
      else reject(new Failure(`${why} after ${received.length} bytes of an answer`));
    };
    const timer = setTimeout(() => finish(null, 'silence', Silence), patienceMs);
    const take = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length > mostAnswerBytes) finish(null, 'no end');
      const answer = parseAnswer(received, headOnly, false);
      if (answer) finish(answer, '');
    };
    take(Buffer.alloc(0));
    socket.on('data', take);
    socket.once('close', () => finish(parseAnswer(received, headOnly, true), 'connection closed'));
  });
}

function parseAnswer(bytes: Buffer, headOnly: boolean, ended: boolean): Answer | null {
  const head = parseHead(bytes);
  if (!head) return null;
  const rest = bytes.subarray(head.bodyAt);
  const body = headOnly ? Buffer.alloc(0) : bodyOf(rest, head, ended);
  return body && { status: head.status, headers: head.headers, body, text: body.toString('utf8') };
}

function bodyOf(rest: Buffer, head: { headers: readonly Header[] }, ended: boolean): Buffer | null {
  const length = headerOf(head, 'content-length');
  if (length !== null) return rest.length >= Number(length) ? rest.subarray(0, Number(length)) : null;
  if (headerOf(head, 'transfer-encoding') === 'chunked') return dechunk(rest);
  return ended ? rest : null;
}

/** The body that chunks spell (RFC 9112 section 7.1), or null while it is incomplete. */
function dechunk(bytes: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const spelt = bytes.toString('latin1', at, lineEnd);
    if (!/^[\da-f]{1,8}$/i.test(spelt)) return null;
    const size = Number.parseInt(spelt, 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
    if (!(at <= bytes.length)) return null;
  }
}
