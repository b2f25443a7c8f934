// A bot that joins a room and says back what others say: node tools/bun.mjs docs/examples/echo.ts 'https://…/r#…'
import { openSession, type Socket } from '@pug/client';
import { makeIdentity, parseLink } from '@pug/core';
import { loadRatchet } from '@pug/core/ratchet';

// A link on the command line can be seen in the list of processes; without one it is read from standard input.
const address = process.argv[2] ?? (await Bun.stdin.text());
const parsed = await parseLink(address);
if (parsed.kind !== 'good') throw new Error(`the link is ${parsed.kind}`);
const { origin } = new URL(address.trim());

const openSocket = (protocol: string): Socket => {
  const web = new WebSocket(`${origin.replace(/^http/, 'ws')}/ws`, protocol);
  web.binaryType = 'arraybuffer';
  const close = (code?: number) => web.close(code);
  const send = (data: string | Uint8Array) => void web.send(typeof data === 'string' ? data : new Uint8Array(data));
  const socket: Socket = { onopen: null, onmessage: null, onclose: null, send, close };
  web.onopen = () => socket.onopen?.();
  web.onmessage = ({ data }) => socket.onmessage?.(typeof data === 'string' ? data : new Uint8Array(data));
  web.onclose = ({ code }) => socket.onclose?.(code);
  return socket;
};
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const request = async (method: 'GET' | 'POST', path: string) => {
  const answer = await fetch(origin + path, { method });
  return { status: answer.status, text: await answer.text() };
};
const after = (ms: number, run: () => void) => clearTimeout.bind(null, setTimeout(run, ms));
const platform = { now: Date.now, after, random, openSocket, request };
const options = { platform, link: parsed.link, ownerSeed: null, identity: await makeIdentity(), name: 'Echo' };
const session = openSession({ ...options, loadRatchet: () => loadRatchet(random) });
session.subscribe((change) => {
  if (change.type === 'line' && change.line.kind === 'text' && !change.line.own) session.send(change.line.text);
  if (session.view.connection.state === 'ended') process.exit();
});
