/** Faults of limits (spec/limits.md) and of how a relay is run (spec/operations.md). */
import { type Mutant, mutant, slow } from './mutant.ts';

export const limitMutants: readonly Mutant[] = [
  mutant('LM-2', 'the rate is double', [
    'left.messages + seconds * rates.messagesPerSecond)',
    'left.messages + 2 * seconds * rates.messagesPerSecond)',
  ]),
  mutant(
    'LM-2',
    'the burst is double',
    [
      'return { messages: messageBurst, bytes: byteBurst, atMs: nowMs };',
      'return { messages: 2 * messageBurst, bytes: 2 * byteBurst, atMs: nowMs };',
    ],
    ['Math.min(rates.messageBurst, left', 'Math.min(2 * rates.messageBurst, left'],
  ),
  mutant('LM-2', 'the rate is half', [
    'left.messages + seconds * rates.messagesPerSecond)',
    'left.messages + 0.5 * seconds * rates.messagesPerSecond)',
  ]),
  mutant('LM-2', 'bytes are not counted', ['rates.bytesPerSecond) - sizeBytes;', 'rates.bytesPerSecond);']),
  mutant('LM-2', 'pings of the WebSocket are free', [
    `const isWithinRates = spend(stage, this.#limits, data.length, performance.now());
    if (stage.name === 'seated') {`,
    `const isWithinRates = true;
    if (stage.name === 'seated') {`,
  ]),
  slow(
    mutant(
      'LM-3',
      'a queue has no bound',
      ['return 2 * queueBytes + 2 ** 20;', 'return 2 ** 30;'],
      ['if (stage.unreadBytes > this.#limits.queueBytes) this.#giveUp(socket);', ''],
      ['if (stage.unreadBytes > this.#limits.queueBytes) tooSlow.push(socket);', ''],
    ),
  ),
  mutant('LM-4', 'the one too many of a prefix goes itself', [
    'first !== undefined ? first : null;',
    'first !== undefined ? item : null;',
  ]),
  mutant('LM-4', 'sockets of one prefix are not counted', [
    'neighbours.size > this.#maxPerPrefix',
    'neighbours.size < 0',
  ]),
  mutant('LM-5', 'X-Forwarded-For is believed of anybody', [
    'const isTrusted = (address: Address) => trusted.networks.some((network) => isIn(address, network));',
    'const isTrusted = (address: Address) => address[0] === 127 || trusted.networks.some((network) => isIn(address, network));',
  ]),
  mutant('LM-6', 'a shared listener counts by prefix', ['config.shared ? null :', 'config.shared && false ? null :']),
  mutant('RM-11', 'numbers may wrap', ['* messagesPerSecond < 2 ** 31', '* messagesPerSecond < 2 ** 53']),
  mutant('LM-1', 'payloads may be too small for the room', [
    'maxPayloadBytes >= 4096 * capacity.max',
    'maxPayloadBytes >= 1024 * capacity.max',
  ]),
  mutant('LM-7', 'who comes is turned away, not who waits', ['return slowest !== null;', 'return false;']),
  mutant('LM-8', 'the last sockets are for anybody', ['room.lastMember === 0 ? newRoomsShare : newMembersShare', '1']),
  mutant('LM-10', 'all queues together have no bound', [
    'while (this.#totalBytes > this.#maxBytes)',
    'while (this.#totalBytes > 100 * this.#maxBytes)',
  ]),
  mutant('RL-2', 'a room id is printed', [
    'const claims = claimsOf(message, now',
    'console.error(message.room);\n    const claims = claimsOf(message, now',
  ]),
];

export const operatingMutants: readonly Mutant[] = [
  mutant('OP-1', 'a setting that is wrong is repeated', [
    '(start.code === 0 ? process.stdout : process.stderr).write(',
    '(start.code === 0 ? process.stdout : process.stderr).write(process.argv.at(-1) + ',
  ]),
  mutant('OP-8', 'frames to all are not counted', ['this.#counts.deliveries += next.members.length;', '']),
  mutant('OP-9', 'a limit has a name of its own', ["  'pending_rooms',\n", "  'pending',\n"]),
  mutant('OP-10', 'the log tells where it listens', [
    "log({ event: 'listening', port,",
    "log({ event: 'listening', host: config.listen, port,",
  ]),
  mutant('OP-15', 'sockets may be more than descriptors', [
    'Math.min(maxSockets, soft - reserve)',
    'Math.min(maxSockets, soft + reserve)',
  ]),
];
