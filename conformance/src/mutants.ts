/**
 * Relays that break one rule each: the relay of this tree with a few words of its source changed. The suite must catch every one of them, with
 * the scenarios of the rules that are named.
 */

import { type Mutant, mutant, slow } from './mutant.ts';
import { limitMutants, operatingMutants } from './mutants-limits.ts';

const order: readonly Mutant[] = [
  mutant('SK-9', 'a number is left out', [
    'grant, seq: seq + 1, lastMember, members',
    'grant, seq: seq + 2, lastMember, members',
  ]),
  mutant('SK-9', 'the sender has no echo', [
    'this.#publish(room.id, this.#framed(seq, from, data));',
    'room.seats.get(from)?.publish(room.id, this.#framed(seq, from, data));',
  ]),
  mutant('SK-9', 'two members hear two frames in two orders', [
    'this.#publish(room.id, this.#framed(seq, from, data));',
    `const copy = this.#framed(seq, from, data).slice();
    for (const [place, socket] of room.seats.values().entries()) {
      if (place % 2 === 1 && seq % 2 === 0) setTimeout(() => socket.send(copy), 3);
      else socket.send(copy);
    }`,
  ]),
  mutant('SK-9', 'joined carries the number before its own', [
    '    seq,\n    now: nowMs,',
    '    seq: seq - 1,\n    now: nowMs,',
  ]),
  mutant('SK-6', 'only the first owner is named', [
    '    locked,\n    owners,\n',
    '    locked,\n    owners: owners.slice(0, 1),\n',
  ]),
  mutant('SK-9 SK-6', 'a lock is no event', [
    "effects: [{ type: 'publish', event: { type: 'lock', seq, locked } }]",
    'effects: []',
  ]),
  mutant('SK-10', 'a directed frame comes back to its sender', [
    'if (directs(state, member, to)) this.#streams.direct(room, to, member, data);',
    `if (directs(state, member, to)) {
        this.#streams.direct(room, to, member, data);
        if (to !== member) this.#streams.direct(room, member, member, data);
      }`,
  ]),
  mutant('SK-10 SK-9', 'a directed frame takes a number', [
    'if (directs(state, member, to)) this.#streams.direct(room, to, member, data);',
    `if (directs(state, member, to)) {
        this.#streams.direct(room, to, member, data);
        room.state = { ...state, seq: state.seq + 1 };
      }`,
  ]),
  mutant('SK-10 RM-3', 'a directed frame goes to everybody', ['if (to !== 0) {', 'if (to > 0xffff_fff0) {']),
  mutant('SK-8', 'a frame names another sender', ['writeU32(out, 4, from);', 'writeU32(out, 4, 1);']),
];

const rooms: readonly Mutant[] = [
  mutant('RM-2', 'a number is given again', [
    'const member = room.lastMember + 1;',
    'const member = before.room.members.length + 1;',
  ]),
  mutant('RM-4', 'who leaves is lost', ["code === normalClosure ? 'left'", "code === 0 ? 'left'"]),
  mutant('RM-4', 'a flood is told as lost', [
    "fault === 'flooding' ? 'flood' : 'lost'",
    "fault === 'flooding' ? 'lost' : 'lost'",
  ]),
  mutant('RM-5', 'a lock keeps nobody out', ["if (room.locked && past === null && !claimsOwner) return 'locked';", '']),
  mutant('RM-5 SK-6', 'joined says that no room is locked', [
    '    capacity: grant.capacity,\n    locked,\n',
    '    capacity: grant.capacity,\n    locked: false,\n',
  ]),
  mutant('RM-6', 'who is removed stays connected', [
    "const closes = why === 'replaced' || why === 'removed';",
    "const closes = why === 'replaced';",
  ]),
  mutant('RM-7', 'a purge is told as the end of time', [
    'for (const socket of sockets) this.close(socket, why)',
    "for (const socket of sockets) this.close(socket, 'expired')",
  ]),
  mutant('RM-8', 'a room outlives its time', [
    "if (nowMs >= room.grant.expiresAtMs) return end('expired');",
    "if (nowMs >= room.grant.expiresAtMs + 3000) return end('expired');",
  ]),
  mutant('RM-8 JN-4', 'a room whose time is up is joined until it is swept', [
    'return nowMs >= grant.expiresAtMs || (emptyAtMs',
    'return nowMs >= grant.expiresAtMs + 400 || (emptyAtMs',
  ]),
  mutant('RM-9', 'an empty room never ends', [
    'emptyAtMs: nowMs + room.grant.emptyRoomMs',
    'emptyAtMs: nowMs + 3_600_000',
  ]),
  mutant('RM-10', 'the id of a room that ended stays known', ['this.#live.delete(room.id);', '']),
  mutant('SK-15', 'anybody may command', [
    'return room.owners.includes(member);',
    'return room.members.includes(member);',
  ]),
  mutant('RM-1', 'a room nobody joined is kept', ['pendingRoomMs: 1000 * ', 'pendingRoomMs: 60_000 * ']),
];

const joining: readonly Mutant[] = [
  mutant('JN-1', 'a join proof is not looked at', [
    'if (!isSignedBy(join.joinKey, joinProofInput(roomId, nonce), join.proof)) return false;',
    '',
  ]),
  mutant('JN-1 SK-3', 'all sockets get one nonce', [
    'nonce: new Uint8Array(randomBytes(nonceBytes))',
    'nonce: new Uint8Array(nonceBytes)',
  ]),
  mutant('JN-2', 'an owner proof is not looked at', [
    'join.ownerProof === undefined || isSignedBy(ownerKey, ownerProofInput(roomId, nonce), join.ownerProof)',
    'true',
  ]),
  mutant('JN-3', 'a key of small order is acceptable', [
    'return isBelow(y, prime) && !smallOrderYs',
    'return isBelow(y, prime) || !smallOrderYs',
  ]),
  mutant('JN-4 LK-5', 'a join key need not be that of the room', [
    'if (roomId === null || roomIdOf(join.joinKey) !== join.room) return false;',
    'if (roomId === null) return false;',
  ]),
  mutant('JN-4', 'full is told before locked', [
    "if (room.locked && past === null && !claimsOwner) return 'locked';",
    "if (room.members.length >= room.grant.capacity && past === null) return 'full';\n  if (room.locked && past === null && !claimsOwner) return 'locked';",
  ]),
  mutant('JN-6', 'one more gets in than there are seats', [
    'room.members.length - freed >= room.grant.capacity',
    'room.members.length - freed > room.grant.capacity',
  ]),
  mutant('JN-7', 'who is replaced stays connected', [
    "const closes = why === 'replaced' || why === 'removed';",
    "const closes = why === 'removed';",
  ]),
  mutant('JN-7', 'a ticket works once', [
    'ticket.member === from ? { hash: ticket.hash, member: issued.member } : ticket',
    'ticket.member === from ? { hash: issued.hash, member: issued.member } : ticket',
  ]),
  mutant('JN-8', 'tickets are kept without bound', ['.slice(-ticketsPerPlace * capacity)', '']),
  mutant('JN-9', 'a ticket works after the removal', [
    'tickets: ofListed(after.room.tickets)',
    'tickets: room.tickets',
  ]),
  mutant('JN-5', 'a bad proof is told to the room', [
    "if (!isProven(message, known.grant.ownerKey, stage.nonce)) return 'proof_rejected';",
    `if (!isProven(message, known.grant.ownerKey, stage.nonce)) {
      const told = this.#rooms.enter(message.room, Date.now());
      const event = { type: 'leave', seq: known.seq, member: known.lastMember, why: 'lost' } as const;
      if (told !== null) this.#streams.carryOut(told, [{ type: 'publish', event }]);
      return 'proof_rejected';
    }`,
  ]),
];

const sockets: readonly Mutant[] = [
  mutant('SK-1', 'any subprotocol will do', ['.includes(subprotocol)', ".some((name) => name !== '')"]),
  mutant('SK-1', 'the connection need not be one to be upgraded', ['isOffered && isMeant', 'isOffered']),
  mutant('SK-2 SK-4', 'a join may be a frame', [
    "const message = typeof data === 'string' ? decodeClientMessage(data) : null;",
    "const message = decodeClientMessage(typeof data === 'string' ? data : new TextDecoder().decode(data));",
  ]),
  mutant('SK-1', 'compression is negotiated', ['perMessageDeflate: false', 'perMessageDeflate: true']),
  mutant('SK-4', 'a socket may wait for ever', [
    "inSlices(this.#unjoined.expire(performance.now()), (socket) => this.refuse(socket, 'join_timeout'));",
    '',
  ]),
  mutant(
    'SK-7 LM-1',
    'a payload may be one byte too long',
    ['if (payloadBytes > this.#limits.maxPayloadBytes)', 'if (payloadBytes > this.#limits.maxPayloadBytes + 1)'],
    ['serverHeaderBytes + limits.maxPayloadBytes)', 'serverHeaderBytes + limits.maxPayloadBytes + 1)'],
  ),
  mutant('SK-11', 'a ping has no answer', [
    "if (message.type === 'ping') this.#answerPing(socket, stage);",
    "if (message.type === 'ping') return null;",
  ]),
  slow(
    mutant('SK-11', 'silence is not noticed', [
      'idleTimeout: policy.idleTimeoutSeconds + earlySeconds',
      'idleTimeout: 960',
    ]),
  ),
  mutant('SK-12', 'a close has no name', ['socket.close(code, reason);', "socket.close(code, '');"]),
  mutant('SK-13', 'whoever is lost takes the others along', [
    'this.#move(room, leave(stateOf(room), member, why, ',
    `if (why === 'lost') for (const other of [...room.seats.values()]) other.terminate();
    this.#move(room, leave(stateOf(room), member, why, `,
  ]),
  mutant('SK-14', 'draining closes nobody', ['.slice(0, Math.max(0, all.size - keep))', '.slice(0, 0)']),
  mutant('HT-1', 'an unknown field is let through', ['taken === names.length ? (value as T) : null', 'value as T']),
];

const creation: readonly Mutant[] = [
  mutant('HT-5', 'a life is not clamped', [
    'const ttlSeconds = clamped(request.ttlSeconds, this.#policy.ttlSeconds);',
    'const { ttlSeconds } = request;',
  ]),
  mutant('HT-6', 'the same request again is a replay', [
    "isSame ? { verdict: 'made', grant: room.grant } : null",
    "isSame ? refused('replayed') : null",
  ]),
  mutant('HT-6', 'the same request has to pay what a room costs now', [
    '  if (made !== null) return made;\n  const fault',
    '  const fault',
  ]),
  mutant(
    'HT-7',
    'a join key that lives is made anew',
    ["if (room !== null) return refused('taken');", ''],
    ['this.#live.has(id)', '(this.#live.delete(id), false)'],
  ),
  mutant('PW-2', 'a token of anybody will do', [
    'const isOurs = timingSafeEqual(macOf(key, bytes), fields.mac);',
    'const isOurs = true;',
  ]),
  mutant('PW-2', 'the last byte of a mac is not compared', [
    'const isOurs = timingSafeEqual(macOf(key, bytes), fields.mac);',
    'const isOurs = timingSafeEqual(macOf(key, bytes).subarray(0, 19), fields.mac.subarray(0, 19));',
  ]),
  mutant('PW-5', 'hits are not verified', ['if (!isHit(await tried(puzzle, nonce), target)) return false;', '']),
  mutant('PW-5', 'the last hit is not verified', [
    'for (const nonce of nonces) if (!isHit',
    'for (const nonce of nonces.slice(0, -1)) if (!isHit',
  ]),
  mutant('PW-6', 'one hit may be shown eight times', [
    "(isAscending(nonces) ? { verdict: 'verify', work } : refused('malformed'))",
    "{ verdict: 'verify', work }",
  ]),
  mutant('PW-9', 'an old token will do', [
    'if (1000 * validUntil(fields) < nowMs || issuedAt < this.#firstSecond) return',
    'if (issuedAt < 0) return',
  ]),
  mutant('PW-7', 'the floor is half of what it was', [
    'export const floorEffort = 2 ** 18;',
    'export const floorEffort = 2 ** 17;',
  ]),
  mutant('PW-12', 'a token lives twice as long', [
    'export const tokenLifeSeconds = 120;',
    'export const tokenLifeSeconds = 240;',
  ]),
  mutant('HT-3', 'a challenge expires in seconds, not milliseconds', [
    'const expiresAt = 1000 * (issuedAt + tokenLifeSeconds);',
    'const expiresAt = issuedAt + tokenLifeSeconds;',
  ]),
  mutant('PW-10', 'a solution is used twice', ['this.#solutions.use(work.solution, work.validUntil);', '']),
  slow(
    mutant('PW-16', 'load costs nobody anything', [
      'this.#bits = Math.min(this.#maxBits, Math.max(0, this.#bits + step));',
      'this.#bits = 0 * step;',
    ]),
  ),
  mutant('PW-17', 'a crowded prefix pays no more than others', [
    'return Math.min(maxCrowdBits, Math.max(0, Math.log2(this.#least(cells) / freeRooms)));',
    'return 0 * this.#least(cells);',
  ]),
  mutant('PW-18', 'no room gives way to another', [
    'if (this.size >= this.#maxRooms && !this.#giveWay(level)) return false;',
    'if (this.size >= this.#maxRooms) return false;',
  ]),
  mutant('PW-14', 'a refusal has no challenge', [
    'problem(code, parts.creation.challenge(',
    'problem(code, void parts.creation.challenge(',
  ]),
];

const http: readonly Mutant[] = [
  mutant('HT-12', 'every answer names its server', [
    "'X-Robots-Tag': robots,\n  'Cache-Control': noStore,",
    "'X-Robots-Tag': robots,\n  'Cache-Control': noStore,\n  Server: 'pug',",
  ]),
  mutant('HT-10', 'the page has a header more', [
    "'X-Frame-Options': 'DENY',",
    "'X-Frame-Options': 'DENY',\n  'X-Request-Id': '1',",
  ]),
  mutant('HT-10', 'the page may use the microphone', ["  'microphone',\n", '']),
  mutant('HT-11', 'what must not be stored may be', [
    "export const noStore = 'no-store, no-transform';",
    "export const noStore = 'no-transform';",
  ]),
  mutant('HT-9', 'an unknown path is repeated', [
    "methods === undefined ? problem('not_found') :",
    "methods === undefined ? new Response('not found: ' + target, { status: 404, headers: problem('not_found').headers }) :",
  ]),
  mutant('HT-9', 'Allow names no HEAD', [") : methodNotAllowed('GET, HEAD')", ") : methodNotAllowed('GET')"]),
  mutant('HT-13', 'a service worker is served', [
    "if (request.headers.get('service-worker') === 'script') return problem('service_worker_refused');",
    '',
  ]),
  mutant('HT-14', 'a relay that drains is ready', ["plain(503, 'draining')", "plain(200, 'ready')"]),
  mutant('HT-15', 'any page may use the relay', [
    'if (origin === null || allowedOrigins.includes(origin)) return true;',
    'return true;',
  ]),
  mutant('HT-15', 'the port of an origin does not count', [
    "own !== null && own.host !== '' && own.host === url.host && url.origin === origin",
    'own !== null && own.hostname === url.hostname && url.origin === origin',
  ]),
  mutant('HT-16', 'a version names another manifest', ['.update(manifest)', '.update(manifest.subarray(1))']),
  mutant('HT-17', 'a page is not what its manifest says', [
    "assetOf(bytes, { ...pageHeaders, 'Content-Type'",
    "assetOf(Buffer.from([...bytes, 10]), { ...pageHeaders, 'Content-Type'",
  ]),
  mutant('HT-19', 'a file is compressed for whoever asks it not to be', ['Number(named[1] ?? 1) > 0', 'true']),
  mutant('HT-19', 'nothing says that a file has two forms', ["{ Vary: 'Accept-Encoding' }", '{}']),
  mutant('HT-19', 'a compressed file is cut off', ['new Blob([shorter])', 'new Blob([shorter.subarray(0, -1)])']),
  mutant('HT-18', 'a folder without its slash has moved for now', ['status: 308', 'status: 307']),
  mutant('HT-4', 'a body in chunks is refused', ["get('content-length')", "get('content-length') ?? 2048"]),
  mutant('HT-2', 'a body in chunks may be longer', ['bytes.length > maxBodyBytes', 'bytes.length > 4096']),
  mutant('HT-2', 'a body without an end is waited for', ['= maxBodyBytes + 4096;', '= 2 ** 40;']),
  mutant('HT-2', 'a body may be longer', ['export const maxBodyBytes = 1024;', 'export const maxBodyBytes = 2048;']),
  mutant('LK-8', 'an exposed key is looked up like a path', ['/%23|#/.test(target)', '/%23never/.test(target)']),
];

export const mutants: readonly Mutant[] = [
  ...order,
  ...rooms,
  ...joining,
  ...sockets,
  ...creation,
  ...http,
  ...limitMutants,
  ...operatingMutants,
];
