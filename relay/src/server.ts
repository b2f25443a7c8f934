/** The relay as one listening server: the parts put together around Bun.serve. */
import { clientHeaderBytes, type Policy, subprotocol } from '@pug/wire';
import type { Server, WebSocketHandler } from 'bun';
import type { Assets } from './assets.ts';
import type { Config } from './config.ts';
import { type Connection, gone, type Socket } from './connection.ts';
import { Counts } from './counts.ts';
import { Creation } from './creation.ts';
import { drainSockets } from './drain.ts';
import { createHttp } from './http.ts';
import { log } from './log.ts';
import { clientAddress, Prefixes } from './prefixes.ts';
import { problem } from './reply.ts';
import { type RoomLimits, Rooms } from './rooms.ts';
import { Sockets, unjoined } from './socket.ts';
import { Streams } from './stream.ts';

/** How often the relay looks whether time asks for something. RM-8 allows a second. */
const beatMs = 250;

/** The runtime looks for silent sockets every 4 s and closes up to so much too early; SK-11 allows late, not early. */
const earlySeconds = 4;

/**
 * The runtime closes a longer message with 1009 before it has read it whole. Well above the protocol's limit, so that it is this relay
 * that refuses what is a little too long, with the codes of SK-12.
 */
function maxMessageBytes(maxPayloadBytes: number): number {
  return 2 * (clientHeaderBytes + maxPayloadBytes);
}

export interface Relay {
  /** The port that is listened on; null on a unix socket. */
  readonly port: number | null;
  /** Stops in an orderly way (SK-14); resolves when nobody is connected any more. */
  readonly drain: () => Promise<void>;
  /** Stops at once. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts to listen.
 * @throws when the address cannot be listened on
 */
export function startRelay(config: Config, assets: Assets | null): Relay {
  const { policy } = config;
  let isDraining = false;
  const counts = new Counts();
  const rooms = new Rooms<Socket>(roomLimitsOf(config), counts);
  const prefixes = new Prefixes(config.maxUnjoinedPerPrefix, performance.now());
  const streams = new Streams(policy, (topic, data) => void server.publish(topic, data), counts);
  const limits = { ...policy, joinTimeoutMs: 1000 * policy.joinTimeoutSeconds, maxSockets: config.maxSockets };
  const sockets = new Sockets(limits, rooms, streams, prefixes, counts);
  const answer = createHttp({
    policy,
    assets,
    allowedOrigins: config.allowedOrigins,
    creation: new Creation(policy, rooms, counts),
    counts,
    isDraining: () => isDraining,
    upgrade: (request) => upgrade(server, request, config, prefixes),
  });
  const server: Server<Connection> = Bun.serve<Connection>({
    ...listenerOf(config),
    development: false,
    // Bodies are bounded by this relay itself, so that its own answer is given.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    fetch: answer,
    error: () => {
      counts.faults++;
      log({ event: 'fault', code: 'http' });
      return problem('internal');
    },
    websocket: handlerOf(sockets, policy),
  });
  const beat = setInterval(() => sockets.elapse(), beatMs);
  const stop = async () => {
    clearInterval(beat);
    await server.stop(true);
  };
  const drain = async () => {
    isDraining = true;
    log({ event: 'draining', seconds: config.drainSeconds, sockets: sockets.all.size, rooms: rooms.counts.live });
    await drainSockets(sockets.all, config.drainSeconds, streams);
    await stop();
  };
  return { port: server.port ?? null, drain, stop };
}

function roomLimitsOf({ policy, maxRooms, maxPendingRooms }: Config): RoomLimits {
  const { pendingRoomSeconds, emptyRoomSeconds } = policy;
  return { maxRooms, maxPendingRooms, pendingRoomMs: 1000 * pendingRoomSeconds, emptyRoomMs: 1000 * emptyRoomSeconds };
}

function listenerOf({ listen }: Config) {
  return listen.on === 'unix' ? { unix: listen.path } : { hostname: listen.host, port: listen.port };
}

function handlerOf(sockets: Sockets, policy: Policy): WebSocketHandler<Connection> {
  return {
    perMessageDeflate: false,
    maxPayloadLength: maxMessageBytes(policy.maxPayloadBytes),
    backpressureLimit: policy.queueBytes,
    closeOnBackpressureLimit: true,
    idleTimeout: policy.idleTimeoutSeconds + earlySeconds,
    open: (socket) => sockets.opened(socket),
    message: (socket, data) => sockets.received(socket, data),
    close: (socket, code) => sockets.closed(socket, code),
  };
}

/** Makes the request's connection a socket (SK-1), counted with those from its prefix until it joins (LM-4, LM-6). */
function upgrade(server: Server<Connection>, request: Request, config: Config, prefixes: Prefixes): boolean {
  const peer = server.requestIP(request)?.address ?? null;
  const address = clientAddress(peer, request.headers.get('x-forwarded-for'), config.trustedProxies);
  const place = config.shared ? null : prefixes.enter(address, performance.now());
  const isTurnedAway = place === null && !config.shared;
  const data: Connection = { stage: isTurnedAway ? gone : unjoined(place) };
  const isUpgraded = server.upgrade(request, { data, headers: { 'Sec-WebSocket-Protocol': subprotocol } });
  if (!isUpgraded && place !== null) prefixes.leave(place);
  return isUpgraded;
}
