/** Vectors of control messages (SK-2 … SK-6) in the one form of JSON (HT-1). */
import { b64u, fixed, type Json, type Vector } from './vector.ts';

type Sender = 'client' | 'relay';

const room = b64u(fixed('room', 16));
const joinKey = b64u(fixed('join key', 32));
const proof = b64u(fixed('proof', 64));
const ownerProof = b64u(fixed('owner proof', 64));
const ticket = b64u(fixed('ticket', 16));
const nonce = b64u(fixed('nonce', 32));
const join = `"type":"join","room":"${room}","joinKey":"${joinKey}","proof":"${proof}"`;
const joined = (members: string, owners = '[3]', rest = '') =>
  `{"type":"joined","member":3,"members":${members},"seq":9,"now":1767225600000,"expiresAt":1767229200000,"capacity":6,"locked":false,"owners":${owners},"ticket":"${ticket}"${rest}}`;

function good(sender: Sender, name: string, comment: string, text: string): Vector {
  const rule = ['HT-1', 'SK-2', sender === 'client' ? 'SK-5' : name === 'hello' ? 'SK-3' : 'SK-6'];
  // The text is the message: parsed by the platform, byte fields stay base64url.
  const message: Json = JSON.parse(text);
  return { path: `control/${sender}-${name}`, rule, expect: 'accept', comment, data: { sender, text, message } };
}

function bad(sender: Sender, name: string, comment: string, text: string, rule = 'HT-1'): Vector {
  const error = sender === 'client' ? { error: 'bad_message' } : {};
  return { path: `control/${sender}-${name}`, rule, expect: 'refuse', ...error, comment, data: { sender, text } };
}

const accepted: readonly Vector[] = [
  good('client', 'join', 'a guest joins', `{${join}}`),
  good('client', 'join-owner', 'an owner joins', `{${join},"ownerProof":"${ownerProof}"}`),
  good('client', 'join-ticket', 'a guest comes back', `{${join},"ticket":"${ticket}"}`),
  good(
    'client',
    'join-owner-ticket',
    'an owner comes back',
    `{${join},"ownerProof":"${ownerProof}","ticket":"${ticket}"}`,
  ),
  good('client', 'ping', 'are you there', '{"type":"ping"}'),
  good('client', 'purge', 'an owner ends the room', '{"type":"purge"}'),
  good('client', 'lock', 'an owner locks the room', '{"type":"lock","locked":true}'),
  good('client', 'unlock', 'an owner unlocks the room', '{"type":"lock","locked":false}'),
  good('client', 'remove', 'an owner removes a member', '{"type":"remove","member":2}'),
  good('client', 'remove-largest', 'the largest member number', '{"type":"remove","member":4294967295}'),
  good('relay', 'hello', 'the first message on every socket', `{"type":"hello","nonce":"${nonce}","protocol":1}`),
  good('relay', 'joined', 'the answer to a join', joined('[1,3]')),
  good('relay', 'joined-alone', 'the answer to the only member', joined('[3]')),
  good('relay', 'joined-many', 'numbers of members with gaps between them', joined('[1,3,4,7,19,4294967295]')),
  good('relay', 'joined-no-owner', 'nobody proved to be an owner', joined('[1,3]', '[]')),
  good('relay', 'joined-owners', 'others proved to be owners', joined('[1,2,3,4]', '[1,4]')),
  good(
    'relay',
    'joined-longest',
    'the longest life of a room',
    joined('[1,3]').replace('"expiresAt":1767229200000', '"expiresAt":6062192895000'),
  ),
  good('relay', 'join', 'somebody joined', '{"type":"join","seq":10,"member":4,"owner":false}'),
  good('relay', 'join-owner', 'an owner joined', '{"type":"join","seq":10,"member":4,"owner":true}'),
  ...['left', 'lost', 'replaced', 'slow', 'removed', 'flood'].map((why) =>
    good('relay', `leave-${why}`, 'somebody left', `{"type":"leave","seq":11,"member":4,"why":"${why}"}`),
  ),
  good('relay', 'lock', 'the room was locked', '{"type":"lock","seq":12,"locked":true}'),
  good('relay', 'unlock', 'the room was unlocked', '{"type":"lock","seq":13,"locked":false}'),
  good('relay', 'pong', 'I am here', '{"type":"pong"}'),
  good('relay', 'closing', 'the relay is about to stop', '{"type":"closing","inSeconds":20}'),
  good('relay', 'closing-now', 'the relay stops now', '{"type":"closing","inSeconds":0}'),
];

const notOneForm: readonly Vector[] = [
  bad('client', 'order', 'fields in another order', '{"locked":true,"type":"lock"}'),
  bad(
    'client',
    'order-join',
    'room and key exchanged',
    `{"type":"join","joinKey":"${joinKey}","room":"${room}","proof":"${proof}"}`,
  ),
  bad(
    'client',
    'order-optional',
    'the ticket before the owner proof',
    `{${join},"ticket":"${ticket}","ownerProof":"${ownerProof}"}`,
  ),
  bad('client', 'space-inside', 'white space between tokens', '{"type": "ping"}'),
  bad('client', 'space-before', 'white space before the message', ' {"type":"ping"}'),
  bad('client', 'line-end', 'a line end after the message', '{"type":"ping"}\n'),
  bad('client', 'byte-order-mark', 'a byte order mark before the message', '\uFEFF{"type":"ping"}'),
  bad('client', 'duplicate', 'a field twice, with the same value', '{"type":"lock","locked":true,"locked":true}'),
  bad(
    'client',
    'duplicate-differing',
    'a field twice, with two values',
    '{"type":"lock","locked":false,"locked":true}',
  ),
  bad('client', 'duplicate-type', 'the type twice', '{"type":"purge","type":"ping"}'),
  bad('client', 'escape-value', 'an escape in a value', '{"type":"p\\u0069ng"}'),
  bad('client', 'escape-name', 'an escape in the name of a field', '{"t\\u0079pe":"ping"}'),
  bad('client', 'escape-solidus', 'an escape in a byte field', `{${join.replace(room, `\\u0041${room.slice(1)}`)}}`),
  bad('client', 'float', 'a number with a fraction', '{"type":"remove","member":2.0}'),
  bad('client', 'exponent', 'a number with an exponent', '{"type":"remove","member":2e0}'),
  bad('client', 'leading-zero', 'a number that begins with 0', '{"type":"remove","member":02}'),
  bad('client', 'plus', 'a number with a plus sign', '{"type":"remove","member":+2}'),
  bad('client', 'trailing', 'something after the message', '{"type":"ping"}x'),
  bad('client', 'trailing-nul', 'a zero byte after the message', '{"type":"ping"}\u0000'),
  bad('client', 'trailing-message', 'a second message', '{"type":"ping"}{"type":"ping"}'),
  bad('client', 'trailing-comma', 'a comma before the end', '{"type":"ping",}'),
  bad('client', 'comment', 'a comment', '{"type":"ping"/**/}'),
  bad('client', 'unknown-field', 'a field nobody knows', '{"type":"ping","id":1}'),
  bad('client', 'unknown-proto', 'a field some languages treat as theirs', '{"type":"ping","__proto__":{}}'),
  bad('client', 'null-optional', 'an absent field written as null', `{${join},"ticket":null}`),
  bad('client', 'empty', 'no characters at all', ''),
  bad('client', 'cut-off', 'the last character is missing', '{"type":"ping"'),
  bad('client', 'array', 'a message in an array', '[{"type":"ping"}]'),
  bad('client', 'string', 'a string', '"ping"'),
  bad('client', 'null', 'null', 'null'),
  bad('client', 'single-quotes', 'another kind of quotes', "{'type':'ping'}"),
];

const notAMessage: readonly Vector[] = [
  bad('client', 'no-type', 'no type', '{"locked":true}', 'SK-5'),
  bad('client', 'unknown-type', 'a type nobody knows', '{"type":"chat"}', 'SK-5'),
  bad(
    'client',
    'unknown-type-inherited',
    'a type that every object inherits in some languages',
    '{"type":"constructor"}',
    'SK-5',
  ),
  bad('client', 'wrong-case', 'a type in capitals', '{"type":"PING"}', 'SK-5'),
  bad('client', 'type-number', 'a type that is a number', '{"type":1}', 'SK-5'),
  bad('client', 'from-relay', 'a message that only a relay sends', '{"type":"pong"}', 'SK-5'),
  bad(
    'client',
    'missing-field',
    'a join without a proof',
    `{"type":"join","room":"${room}","joinKey":"${joinKey}"}`,
    'SK-5',
  ),
  bad('client', 'member-0', 'there is no member 0', '{"type":"remove","member":0}', 'SK-5'),
  bad('client', 'member-negative', 'a negative number', '{"type":"remove","member":-1}', 'SK-5'),
  bad('client', 'member-minus-zero', 'a negative zero', '{"type":"remove","member":-0}', 'SK-5'),
  bad('client', 'member-33-bits', 'a number of 33 bits', '{"type":"remove","member":4294967296}', 'SK-5'),
  bad('client', 'member-text', 'a number in quotation marks', '{"type":"remove","member":"2"}', 'SK-5'),
  bad('client', 'locked-number', 'a truth value that is a number', '{"type":"lock","locked":1}', 'SK-5'),
  bad('client', 'locked-text', 'a truth value in quotation marks', '{"type":"lock","locked":"true"}', 'SK-5'),
  bad('client', 'bytes-padded', 'base64url with padding', `{${join.replace(room, `${room}==`)}}`, 'SK-5'),
  bad(
    'client',
    'bytes-standard-base64',
    'a character of standard base64',
    `{${join.replace(room, `+${room.slice(1)}`)}}`,
    'SK-5',
  ),
  bad(
    'client',
    'bytes-trailing-bits',
    'unused bits that are not zero',
    `{${join.replace(room, `${room.slice(0, 21)}_`)}}`,
    'SK-5',
  ),
  bad('client', 'bytes-short', 'a proof of 63 bytes', `{${join.replace(proof, b64u(fixed('proof', 63)))}}`, 'SK-5'),
  bad('client', 'bytes-long', 'a proof of 65 bytes', `{${join.replace(proof, b64u(fixed('proof', 65)))}}`, 'SK-5'),
  bad('client', 'bytes-empty', 'an empty ticket', `{${join},"ticket":""}`, 'SK-5'),
  bad('client', 'bytes-hex', 'a room id in hexadecimal', `{${join.replace(room, '0f'.repeat(16))}}`, 'SK-5'),
  bad('client', 'long', '1,025 characters', `{"type":"ping","fill":"${'x'.repeat(1000)}"}`, 'SK-2'),
  bad('client', 'long-white-space', 'a good message in 2,000 characters', `{"type":"ping"}${' '.repeat(1985)}`, 'SK-2'),
  bad(
    'relay',
    'hello-short-nonce',
    'a nonce of 31 bytes',
    `{"type":"hello","nonce":"${b64u(fixed('nonce', 31))}","protocol":1}`,
    'SK-3',
  ),
  bad(
    'relay',
    'hello-protocol-2',
    'a protocol this client does not speak',
    `{"type":"hello","nonce":"${nonce}","protocol":2}`,
    'SK-3',
  ),
  bad('relay', 'joined-descending', 'numbers of members that do not ascend', joined('[3,1]'), 'SK-6'),
  bad('relay', 'joined-twice', 'a member listed twice', joined('[1,3,3]'), 'SK-6'),
  bad('relay', 'joined-member-0', 'there is no member 0', joined('[0,3]'), 'SK-6'),
  bad('relay', 'joined-without-self', 'a list without the new member', joined('[1,2]', '[]'), 'SK-6'),
  bad('relay', 'joined-nobody', 'an empty list', joined('[]', '[]'), 'SK-6'),
  bad('relay', 'joined-owners-descending', 'numbers of owners that do not ascend', joined('[1,3]', '[3,1]'), 'SK-6'),
  bad('relay', 'joined-owner-twice', 'an owner listed twice', joined('[1,3]', '[1,1]'), 'SK-6'),
  bad('relay', 'joined-owner-gone', 'an owner who is no member', joined('[1,3]', '[1,2]'), 'SK-6'),
  bad('relay', 'joined-spaces', 'white space in the list', joined('[1, 3]')),
  bad('relay', 'joined-unknown-field', 'a field nobody knows', joined('[1,3]', '[3]', ',"topic":"x"')),
  bad(
    'relay',
    'time-fraction',
    'a time with a fraction',
    joined('[1,3]').replace('1767225600000', '1767225600000.5'),
    'SK-6',
  ),
  bad(
    'relay',
    'time-beyond',
    'a number above 2^53−1',
    joined('[1,3]').replace('1767225600000', '9007199254740993'),
    'SK-6',
  ),
  bad(
    'relay',
    'time-no-date',
    'a time after the last that is a date',
    joined('[1,3]').replace(/"now":\d+,"expiresAt":\d+/, '"now":8640000000000000,"expiresAt":8640000000000001'),
    'HT-1',
  ),
  bad(
    'relay',
    'joined-too-long',
    'a millisecond more than the longest life of a room',
    joined('[1,3]').replace('"expiresAt":1767229200000', '"expiresAt":6062192895001'),
    'SK-6',
  ),
  bad('relay', 'leave-why', 'a reason nobody knows', '{"type":"leave","seq":11,"member":4,"why":"banned"}', 'SK-6'),
  bad('relay', 'seq-0', 'events are numbered from 1', '{"type":"join","seq":0,"member":4,"owner":false}', 'SK-6'),
  bad(
    'relay',
    'join-without-owner',
    'a join that does not say who joined',
    '{"type":"join","seq":10,"member":4}',
    'SK-6',
  ),
  bad('relay', 'seq-missing', 'an event without its number', '{"type":"lock","locked":true}', 'SK-6'),
  bad('relay', 'from-client', 'a message that only a client sends', '{"type":"ping"}', 'SK-6'),
  bad('relay', 'closing-negative', 'a negative time', '{"type":"closing","inSeconds":-1}', 'SK-6'),
];

export const controlVectors: readonly Vector[] = [...accepted, ...notOneForm, ...notAMessage];
