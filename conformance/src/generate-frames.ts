/** Vectors of frames (SK-7, SK-8, SK-10). */
import { big, concat, fixed, hex, type Vector } from './vector.ts';

const payload = fixed('payload', 40);
const maxU32 = 2 ** 32 - 1;

function fromClient(
  name: string,
  comment: string,
  to: number,
  sent: Uint8Array,
  rule: string | string[] = 'SK-7',
): Vector {
  const data = { sender: 'client', frame: hex(concat(big(to, 4), sent)), to, payload: hex(sent) };
  return { path: `frames/client-${name}`, rule, expect: 'accept', comment, data };
}

function fromRelay(
  name: string,
  comment: string,
  seq: number,
  member: number,
  rule: string | string[] = 'SK-8',
): Vector {
  const frame = hex(concat(big(seq, 4), big(member, 4), payload));
  const data = { sender: 'relay', frame, seq, member, payload: hex(payload) };
  return { path: `frames/relay-${name}`, rule, expect: 'accept', comment, data };
}

function badClient(name: string, comment: string, frame: Uint8Array): Vector {
  const data = { sender: 'client', frame: hex(frame) };
  return { path: `frames/client-${name}`, rule: 'SK-7', expect: 'refuse', error: 'bad_message', comment, data };
}

function badRelay(name: string, comment: string, frame: Uint8Array): Vector {
  const data = { sender: 'relay', frame: hex(frame) };
  return { path: `frames/relay-${name}`, rule: 'SK-8', expect: 'refuse', comment, data };
}

export const frameVectors: readonly Vector[] = [
  fromClient('everybody', 'to everybody', 0, payload),
  fromClient('directed', 'to member 5 alone', 5, payload, ['SK-7', 'SK-10']),
  fromClient('largest-number', 'to the largest number there is', maxU32, payload),
  fromClient('one-byte', 'the shortest payload', 0, payload.subarray(0, 1)),
  fromClient('long', 'a payload of 2,000 bytes', 0, fixed('long payload', 2000)),
  badClient('empty', 'no bytes at all', new Uint8Array(0)),
  badClient('half-header', 'three bytes of a header', new Uint8Array(3)),
  badClient('no-payload', 'a header without a payload', new Uint8Array(4)),
  fromRelay('event', 'the seventh event, said by member 2', 7, 2),
  fromRelay('directed', 'a directed frame is outside the order', 0, 2, ['SK-8', 'SK-10']),
  fromRelay('largest-numbers', 'the largest numbers there are', maxU32, maxU32),
  badRelay('empty', 'no bytes at all', new Uint8Array(0)),
  badRelay('half-header', 'seven bytes of a header', new Uint8Array(7)),
  badRelay('no-payload', 'a header without a payload', concat(big(7, 4), big(2, 4))),
  badRelay('member-0', 'there is no member 0 (RM-2)', concat(big(7, 4), big(0, 4), payload)),
];
