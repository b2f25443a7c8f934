/** The relay as one listening server: the parts put together. */
import { clientHeaderBytes, type Policy, subprotocol } from '@pug/wire';
import type { Server, WebSocketHandler } from 'bun';
import about from '../package.json' with { type: 'json' };
import type { Address } from './addresses.ts';
import type { Site } from './assets.ts';
import { nowMs } from './clock.ts';
import type { Config } from './config.ts';
import type { Connection, Socket } from './connection.ts';
import { Counts } from './counts.ts';
import { Creation } from './creation.ts';
import { Crowds } from './crowds.ts';
import { DescriptorWatch } from './descriptors.ts';
import { Difficulty, targetRate } from './difficulty.ts';
import { Doorway, unjoined } from './doorway.ts';
import { drainSockets } from './drain.ts';
import { createHttp } from './http.ts';
import { Listener } from './listener.ts';
import { log } from './log.ts';
import { type Gauges, Lag, metricsText } from './metrics.ts';
import { Places } from './places.ts';
import { clientAddress, Prefixes } from './prefixes.ts';
import { Price } from './price.ts';
import { problem } from './reply.ts';
import { Report } from './report.ts';
import { type RoomLimits, Rooms } from './rooms.ts';
import { startMetrics, startRedirect } from './side.ts';
import { Sockets } from './socket.ts';
import { type Publish, Streams } from './stream.ts';
import type { Pair } from './tls.ts';
import { Turns } from './turns.ts';

/** How often the relay looks whether time asks for something. RM-8 allows a second. */
const beatMs = 250;

/** The runtime looks for silent sockets every 4 s and closes up to so much too early; SK-11 allows late, not early. */
const earlySeconds = 4;

/**
 * The runtime keeps what has come of a message until it is whole, and closes a longer one with 1009 before that. Slightly above the protocol's
 * limit, so that it is this relay that refuses what is a little too long, with the code of SK-12 (OP-14).
 */
const tolerableBytes = 4096;

/**
 * Beyond this the runtime drops what is sent, which over TLS does not end the connection (it goes on with a gap). The relay ends it before, at
 * `queueBytes`: this is as much again, and more than the runtime gathers in one turn before it counts it, 32 messages of less than 16 KiB.
 */
function backpressureLimit(queueBytes: number): number {
  return 2 * queueBytes + 2 ** 20;
}

function maxMessageBytes(maxPayloadBytes: number): number {
  return clientHeaderBytes + maxPayloadBytes + tolerableBytes;
}

export interface Relay {
  /** The port that is listened on; null on a unix socket. */
  readonly port: number | null;
  readonly redirectPort: number | null;
  readonly metricsPort: number | null;
  /** Shows this pair to connections from now on (OP-5). @throws when it cannot be served; nothing has changed then */
  readonly renew: (pair: Pair) => void;
  /** Stops in an orderly way (SK-14); resolves when nobody is connected any more. */
  readonly drain: () => Promise<void>;
  /** Stops at once. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts to listen.
 * @param pair the certificate and key when `config` names them
 * @throws when an address cannot be listened on
 */
export function startRelay(config: Config, site: Site, pair: Pair | null = null): Relay {
  const { policy } = config;
  let drains = false;
  const isDraining = () => drains;
  const counts = new Counts();
  const rooms = new Rooms<Socket>(roomLimitsOf(config), counts);
  const prefixes = new Prefixes<Socket>(config.maxUnjoinedPerPrefix, performance.now());
  const places = new Places<Socket>(config.maxSockets);
  const publish: Publish = (topic, data) => listener.publish(topic, data);
  const streams = new Streams({ ...config, ...policy }, publish, counts, places);
  const limits = { ...policy, joinTimeoutMs: 1000 * policy.joinTimeoutSeconds, maxSockets: config.maxSockets };
  const turns = new Turns();
  const doorway = new Doorway(limits, streams, prefixes, places, counts);
  const sockets = new Sockets(limits, rooms, streams, doorway, counts, turns);
  const creation = new Creation(policy, rooms, priceOf(config, rooms), counts);
  const answer = createHttp({
    policy,
    site,
    allowedOrigins: config.allowedOrigins,
    isTls: pair !== null,
    creation,
    counts,
    turns,
    isDraining,
    addressOf: (request, server) => addressOf(server, request, config),
    upgrade: (request, server) => upgrade(server, request, config, prefixes),
  });
  const websocket = handlerOf(doorway, sockets, policy);
  const listener = new Listener({ listen: config.listen, answer, fault: () => faultIn(counts), websocket }, pair);
  const redirect = config.redirect && startRedirect(config.redirect, () => listener.port);
  const metrics = config.metrics && startMetrics(config.metrics, () => beat.metrics());
  const listeners = [listener, redirect, metrics].filter((each) => each !== null);
  const descriptors = new DescriptorWatch(listeners, () => counts.refusals.descriptors++);
  const parts = { config, counts, rooms, places, doorway, sockets, creation, descriptors, isDraining };
  const beat = startBeat(parts);
  const stop = async () => {
    beat.stop();
    await Promise.all(listeners.map((each) => each.stop()));
  };
  const drain = async () => {
    drains = true;
    log({ event: 'draining', seconds: config.drainSeconds, sockets: places.open.size, rooms: rooms.counts.live });
    await drainSockets(places.open, config.drainSeconds, streams);
    await stop();
  };
  const { port } = listener;
  const [redirectPort, metricsPort] = [redirect?.port ?? null, metrics?.port ?? null];
  return { port, redirectPort, metricsPort, renew: (next) => listener.renew(next), drain, stop };
}

/** What a request is told when answering it failed. */
function faultIn(counts: Counts): Response {
  counts.faults++;
  log({ event: 'fault', code: 'http' });
  return problem('internal');
}

/** What the relay knows about itself. */
interface Parts {
  readonly config: Config;
  readonly counts: Counts;
  readonly rooms: Rooms<Socket>;
  readonly places: Places<Socket>;
  readonly doorway: Doorway;
  readonly sockets: Sockets;
  readonly creation: Creation;
  readonly descriptors: DescriptorWatch;
  readonly isDraining: () => boolean;
}

/** Does what time asks for, and watches: the log's regular lines, the lateness of the event loop. */
function startBeat(parts: Parts): { readonly stop: () => void; readonly metrics: () => string } {
  const lag = new Lag();
  const startedAtMs = performance.now();
  const report = new Report(parts.counts, parts.creation.effort, startedAtMs, log);
  let beatAtMs = startedAtMs;
  const beat = () => {
    const nowMs = performance.now();
    lag.add(nowMs - beatAtMs - beatMs);
    beatAtMs = nowMs;
    parts.sockets.elapse();
    parts.descriptors.look();
    const { live, pending } = parts.rooms.counts;
    report.look({ rooms: live, pending, sockets: parts.places.open.size, effort: parts.creation.effort }, nowMs);
  };
  const timer = setInterval(beat, beatMs);
  return {
    stop: () => clearInterval(timer),
    metrics: () => metricsText(parts.counts, gaugesOf(parts, startedAtMs), lag),
  };
}

function gaugesOf({ config, rooms, places, doorway, creation, isDraining }: Parts, startedAtMs: number): Gauges {
  const { live, pending } = rooms.counts;
  return {
    version: about.version,
    uptimeSeconds: (performance.now() - startedAtMs) / 1000,
    residentBytes: process.memoryUsage.rss(),
    isDraining: isDraining(),
    rooms: live,
    maxRooms: config.maxRooms,
    pendingRooms: pending,
    maxPendingRooms: config.maxPendingRooms,
    sockets: places.open.size,
    maxSockets: config.maxSockets,
    unjoined: doorway.size,
    effort: creation.effort,
    verifications: creation.verifications,
  };
}

function roomLimitsOf({ policy, maxRooms, maxPendingRooms }: Config): RoomLimits {
  const { pendingRoomSeconds, emptyRoomSeconds } = policy;
  return { maxRooms, maxPendingRooms, pendingRoomMs: 1000 * pendingRoomSeconds, emptyRoomMs: 1000 * emptyRoomSeconds };
}

function handlerOf(doorway: Doorway, sockets: Sockets, policy: Policy): WebSocketHandler<Connection> {
  return {
    perMessageDeflate: false,
    maxPayloadLength: maxMessageBytes(policy.maxPayloadBytes),
    backpressureLimit: backpressureLimit(policy.queueBytes),
    closeOnBackpressureLimit: true,
    idleTimeout: policy.idleTimeoutSeconds + earlySeconds,
    open: (socket) => doorway.opened(socket),
    message: (socket, data) => sockets.received(socket, data),
    ping: (socket, data) => sockets.beat(socket, data),
    pong: (socket, data) => sockets.beat(socket, data),
    drain: (socket) => sockets.drained(socket),
    close: (socket, code) => sockets.closed(socket, code),
  };
}

/** Makes the request's connection a socket (SK-1), counted with those from its prefix until it joins (LM-4, LM-6). */
function upgrade(server: Server<Connection>, request: Request, config: Config, prefixes: Prefixes<Socket>): boolean {
  const place = config.shared ? null : prefixes.placeOf(addressOf(server, request, config), performance.now());
  const data: Connection = unjoined(place, config.policy);
  return server.upgrade(request, { data, headers: { 'Sec-WebSocket-Protocol': subprotocol } });
}

function addressOf(server: Server<Connection>, request: Request, { trustedProxies }: Config): Address | null {
  const peer = server.requestIP(request)?.address ?? null;
  return clientAddress(peer, request.headers.get('x-forwarded-for'), trustedProxies);
}

function priceOf(config: Config, rooms: Rooms<Socket>): Price {
  const { effortBits, maxPendingRooms, maxRooms, shared } = config;
  const { pendingRoomSeconds, emptyRoomSeconds } = config.policy;
  const target = targetRate({ maxPendingRooms, pendingRoomSeconds, maxRooms, emptyRoomSeconds });
  const startMs = nowMs();
  const rise = effortBits.ceiling - effortBits.floor;
  const difficulty = new Difficulty(rise, target, () => rooms.occupancy, startMs);
  return new Price(2 ** effortBits.floor, difficulty, shared ? null : new Crowds(startMs));
}
