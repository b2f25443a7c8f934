// The reference stack, Express and Socket.IO on Node, doing what the reference says of itself: proof of work, rooms in memory with a time to
// live and a capacity, a secret compared in constant time, names, presence, rates, and ciphertext passed on unread, as base64 in JSON.
// reference-node.mjs <bits of work> <messages a second>. Prints the port it listens on.
import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import express from 'express';
import { Server } from 'socket.io';

/** @typedef {{ secretHash: Buffer, creatorHash: Buffer, capacity: number, expiresAt: number, timer: NodeJS.Timeout, members: Map<string, string> }} Room */

const [workBits = 18, messagesPerSecond = 20] = process.argv.slice(2).map(Number);
const tokenLifeMs = 120_000;
const maxCiphertextCharacters = 87_400; // 64 KiB in base64
const colours = ['red', 'blue', 'green', 'grey', 'black', 'white'];

/** @type {Map<string, Room>} */
const rooms = new Map();
/** Tokens that were given out and not used, and when they end. @type {Map<string, number>} */
const tokens = new Map();
const sha256 = (/** @type {string} */ text) => createHash('sha256').update(text).digest();

const app = express();
app.disable('x-powered-by');
app.use(express.json({ limit: '4kb' }));
app.get('/api/challenge', (_, response) => {
  const token = randomBytes(16).toString('base64url');
  tokens.set(token, Date.now() + tokenLifeMs);
  response.json({ token, bits: workBits });
});
app.post('/api/rooms', ({ body }, response) => {
  const { token, nonce, secret, creator, ttlSeconds, capacity } = body;
  const isFresh = (tokens.get(token) ?? 0) > Date.now();
  tokens.delete(token);
  const isWorked = sha256(`${token}${nonce}`).readUInt32BE() >>> (32 - workBits) === 0;
  if (!isFresh || !isWorked) return void response.status(403).json({ error: 'work' });
  const roomId = randomBytes(16).toString('base64url');
  const ttlMs = 1000 * Math.min(86_400, Math.max(60, ttlSeconds));
  const room = {
    secretHash: sha256(secret),
    creatorHash: sha256(creator),
    capacity: Math.min(6, Math.max(2, capacity)),
    expiresAt: Date.now() + ttlMs,
    timer: setTimeout(() => end(roomId, 'expired'), ttlMs),
    members: new Map(),
  };
  rooms.set(roomId, room);
  response.status(201).json({ roomId, expiresAt: room.expiresAt, capacity: room.capacity });
});

const http = createServer(app);
const io = new Server(http, { transports: ['websocket'], serveClient: false, perMessageDeflate: false });

/** @param {string} roomId @param {string} why */
function end(roomId, why) {
  clearTimeout(rooms.get(roomId)?.timer);
  rooms.delete(roomId);
  io.to(roomId).emit('ended', { why });
  io.in(roomId).disconnectSockets(true);
}

/** In the order the reference gives. @param {Room | undefined} room @param {string} secret */
function refusalOf(room, secret) {
  if (room === undefined) return 'not_found';
  if (room.expiresAt <= Date.now()) return 'expired';
  if (room.members.size >= room.capacity) return 'full';
  return timingSafeEqual(sha256(secret), room.secretHash) ? null : 'secret';
}

io.on('connection', (socket) => {
  /** @type {string | null} */
  let joined = null;
  let allowance = messagesPerSecond;
  let atMs = Date.now();

  socket.on('join', ({ roomId, secret }) => {
    const room = rooms.get(roomId);
    const refusal = refusalOf(room, secret);
    if (refusal !== null || room === undefined) return void socket.emit('refused', { why: refusal });
    const name = `${colours[randomInt(colours.length)]}-${randomInt(1000)}`;
    room.members.set(socket.id, name);
    joined = roomId;
    socket.to(roomId).emit('presence', { id: socket.id, name, here: true });
    socket.join(roomId);
    socket.emit('joined', { name, members: [...room.members], expiresAt: room.expiresAt });
  });
  socket.on('message', ({ iv, ciphertext }) => {
    const name = joined === null ? undefined : rooms.get(joined)?.members.get(socket.id);
    if (joined === null || name === undefined) return;
    const nowMs = Date.now();
    allowance = Math.min(messagesPerSecond, allowance + ((nowMs - atMs) / 1000) * messagesPerSecond) - 1;
    atMs = nowMs;
    const isText = typeof iv === 'string' && typeof ciphertext === 'string';
    if (allowance < 0 || !isText || ciphertext.length > maxCiphertextCharacters) return void socket.disconnect(true);
    io.to(joined).emit('message', { from: socket.id, name, iv, ciphertext, at: nowMs });
  });
  socket.on('purge', ({ creator }) => {
    const room = joined === null ? undefined : rooms.get(joined);
    if (joined !== null && room !== undefined && timingSafeEqual(sha256(creator), room.creatorHash))
      end(joined, 'purged');
  });
  socket.on('disconnect', () => {
    const room = joined === null ? undefined : rooms.get(joined);
    if (joined === null || room === undefined) return;
    room.members.delete(socket.id);
    io.to(joined).emit('presence', { id: socket.id, here: false });
    if (room.members.size === 0) end(joined, 'empty');
  });
});
http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  console.log(typeof address === 'object' ? address?.port : address);
});
