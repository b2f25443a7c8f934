/** This browser's clock, random numbers, socket and requests, as the client takes them. Everything goes to the origin of the page (CL-3). */
import type { Answer, Platform, Socket } from '@pug/client';
import type { RatchetMaker } from '@pug/core';
import { takeOver } from './handover.ts';

const wsUrl = `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/ws`;

function openSocket(protocol: string): Socket {
  const inner = new WebSocket(wsUrl, protocol);
  inner.binaryType = 'arraybuffer';
  const socket: Socket = {
    onopen: null,
    onmessage: null,
    onclose: null,
    // A socket that is closing swallows what it is given, as a lost connection does; one that still connects would throw.
    send: (data) => inner.send(typeof data === 'string' ? data : new Uint8Array(data)),
    close: (code) => inner.close(code),
  };
  inner.onopen = () => socket.onopen?.();
  inner.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) =>
    socket.onmessage?.(typeof data === 'string' ? data : new Uint8Array(data));
  inner.onclose = ({ code }) => socket.onclose?.(code);
  return socket;
}

async function request(method: 'GET' | 'POST', path: string, body?: string): Promise<Answer> {
  const response = await fetch(path, {
    method,
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
    referrerPolicy: 'no-referrer',
    ...(body === undefined ? {} : { body, headers: { 'Content-Type': 'application/json' } }),
  });
  return { status: response.status, text: await response.text() };
}

const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));

let ratchet: Promise<RatchetMaker> | null = null;

/** The ratchet, once the page's second script has brought it. Made once; after a failure whoever asks again tries again. */
export function loadRatchet(): Promise<RatchetMaker> {
  ratchet ??= takeOver('ratchet')
    .then((load) => load(random))
    .catch((error: unknown) => {
      ratchet = null;
      throw error;
    });
  return ratchet;
}

export const platform: Platform = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  random,
  openSocket,
  request,
};

/** The host name of this server, as the address bar shows it. */
export const hostName = location.host;
