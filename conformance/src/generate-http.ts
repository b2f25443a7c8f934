/** Vectors of HTTP bodies (HT-1 … HT-8). */
import { publicKeyOf } from './generate-keys.ts';
import { b64u, fixed, type Json, type Vector } from './vector.ts';

type Body = 'challenge' | 'create' | 'created' | 'policy' | 'problem';

const token = b64u(fixed('token', 52));
const solution = b64u(fixed('solution', 32));
const joinKey = b64u(publicKeyOf(fixed('join seed', 32)));
const ownerKey = b64u(publicKeyOf(fixed('owner seed', 32)));
const roomId = b64u(fixed('room', 16));

const challenge = `{"token":"${token}","algorithm":"pbkdf2","k":8,"target":134217727,"effort":262144,"raisedBy":"none","expiresAt":1767225720000}`;
const keys = `"joinKey":"${joinKey}","ownerKey":"${ownerKey}"`;
const create = `{"token":"${token}","solution":"${solution}",${keys},"ttlSeconds":3600,"capacity":2}`;
const created = `{"roomId":"${roomId}","expiresAt":1767229200000,"ttlSeconds":3600,"capacity":2}`;
const policy =
  '{"protocol":1,"ttlSeconds":{"min":60,"max":86400,"default":3600},"capacity":{"min":2,"max":6,"default":2},"maxPayloadBytes":65536,"messagesPerSecond":20,"messageBurst":60,"bytesPerSecond":262144,"byteBurst":262144,"queueBytes":1048576,"joinTimeoutSeconds":10,"idleTimeoutSeconds":60,"emptyRoomSeconds":120,"pendingRoomSeconds":120}';
const problem = (code: string, status: number, rest = '') =>
  `{"type":"urn:pug:error:${code}","title":"What went wrong","status":${status},"code":"${code}"${rest}}`;

const rules = { challenge: 'HT-3', create: 'HT-4', created: 'HT-4', policy: 'HT-8', problem: 'HT-2' } as const;

function good(body: Body, name: string, comment: string, text: string, rule: string | string[] = rules[body]): Vector {
  const value: Json = JSON.parse(text);
  return { path: `http/${name}`, rule, expect: 'accept', comment, data: { body, text, value } };
}

function bad(body: Body, name: string, comment: string, text: string, rule = 'HT-1', error = 'malformed'): Vector {
  const named = body === 'create' ? { error } : {};
  return { path: `http/${name}`, rule, expect: 'refuse', ...named, comment, data: { body, text } };
}

export const httpVectors: readonly Vector[] = [
  good('challenge', 'challenge', 'a puzzle at the floor', challenge),
  good('challenge', 'challenge-load', 'a puzzle that load made harder', challenge.replace('none', 'load')),
  good('challenge', 'challenge-network', 'a puzzle that one network made harder', challenge.replace('none', 'network')),
  good('create', 'create', 'a room for two and an hour', create),
  good(
    'create',
    'create-largest',
    'the largest numbers there are',
    create.replace('3600', '4294967295').replace('"capacity":2', '"capacity":65535'),
  ),
  good(
    'create',
    'create-smallest',
    'the smallest numbers there are',
    create.replace('3600', '1').replace('"capacity":2', '"capacity":1'),
  ),
  good('created', 'created', 'what was granted', created),
  good('policy', 'policy', 'the default policy', policy, ['HT-8', 'LM-1']),
  good('problem', 'problem', 'an error', problem('not_found', 404)),
  good(
    'problem',
    'problem-challenge',
    'an error with a fresh challenge',
    problem('too_easy', 400, `,"challenge":${challenge}`),
    ['HT-2', 'PW-14'],
  ),
  bad(
    'create',
    'create-order',
    'the two keys exchanged',
    create.replace(keys, `"ownerKey":"${ownerKey}","joinKey":"${joinKey}"`),
  ),
  bad('create', 'create-white-space', 'white space between tokens', create.replace(',"ttl', ', "ttl')),
  bad('create', 'create-line-end', 'a line end after the body', `${create}\n`),
  bad('create', 'create-byte-order-mark', 'a byte order mark before the body', `\uFEFF${create}`),
  bad(
    'create',
    'create-duplicate',
    'a field twice',
    create
      .replace('"capacity"', '"ttlSeconds":60,"capacity"')
      .replace(',"capacity":2', ',"ttlSeconds":3600,"capacity":2'),
  ),
  bad('create', 'create-escape', 'an escape in the name of a field', create.replace('"capacity"', '"\\u0063apacity"')),
  bad('create', 'create-float', 'a number with a fraction', create.replace('3600', '3600.0')),
  bad('create', 'create-exponent', 'a number with an exponent', create.replace('3600', '36e2')),
  bad('create', 'create-trailing', 'something after the body', `${create}{}`),
  bad('create', 'create-unknown', 'a field nobody knows', create.replace('"capacity"', '"topic":"x","capacity"')),
  bad('create', 'create-missing', 'a field is missing', create.replace(',"capacity":2', '')),
  bad('create', 'create-empty', 'no body', ''),
  bad('create', 'create-array', 'a body in an array', `[${create}]`),
  bad('create', 'create-ttl-0', 'no time to live', create.replace('3600', '0'), 'HT-4'),
  bad('create', 'create-ttl-negative', 'a negative time to live', create.replace('3600', '-1'), 'HT-4'),
  bad('create', 'create-ttl-33-bits', 'a time to live of 33 bits', create.replace('3600', '4294967296'), 'HT-4'),
  bad('create', 'create-capacity-0', 'a room for nobody', create.replace('"capacity":2', '"capacity":0'), 'HT-4'),
  bad(
    'create',
    'create-capacity-17-bits',
    'a capacity of 17 bits',
    create.replace('"capacity":2', '"capacity":65536'),
    'HT-4',
  ),
  bad('create', 'create-ttl-text', 'a number in quotation marks', create.replace('3600', '"3600"'), 'HT-4'),
  bad('create', 'create-token-short', 'a token of 51 bytes', create.replace(token, b64u(fixed('token', 51))), 'HT-4'),
  bad(
    'create',
    'create-token-padded',
    'base64url with padding',
    create.replace(token, `${token.slice(0, -2)}==`),
    'HT-4',
  ),
  bad('create', 'create-key-short', 'a join key of 31 bytes', create.replace(joinKey, b64u(fixed('key', 31))), 'HT-4'),
  bad(
    'create',
    'create-solution-alphabet',
    'a solution outside the alphabet',
    create.replace(solution, `!${solution.slice(1)}`),
    'HT-4',
  ),
  bad('create', 'create-too-large', '1,025 bytes', create.padEnd(1025), 'HT-2', 'too_large'),
  bad(
    'challenge',
    'challenge-order',
    'fields in another order',
    challenge.replace('"k":8,"target":134217727', '"target":134217727,"k":8'),
  ),
  bad(
    'challenge',
    'challenge-algorithm',
    'an algorithm this client does not know',
    challenge.replace('pbkdf2', 'argon2id'),
    'HT-3',
  ),
  bad('challenge', 'challenge-raised-by', 'a reason nobody knows', challenge.replace('none', 'mood'), 'HT-3'),
  bad(
    'challenge',
    'challenge-target-33-bits',
    'a target of 33 bits',
    challenge.replace('134217727', '4294967296'),
    'HT-3',
  ),
  bad(
    'created',
    'created-room-id-short',
    'a room id of 15 bytes',
    created.replace(roomId, b64u(fixed('room', 15))),
    'HT-4',
  ),
  bad('created', 'created-unknown', 'a field nobody knows', created.replace('}', ',"owner":true}')),
  bad(
    'policy',
    'policy-protocol-2',
    'a protocol this client does not speak',
    policy.replace('"protocol":1', '"protocol":2'),
    'HT-8',
  ),
  bad('policy', 'policy-missing', 'a limit is missing', policy.replace('"queueBytes":1048576,', ''), 'HT-8'),
  bad(
    'policy',
    'policy-float',
    'a number with a fraction',
    policy.replace('"messagesPerSecond":20', '"messagesPerSecond":20.5'),
  ),
  bad(
    'policy',
    'policy-default-outside',
    'a default that is not in its range',
    policy.replace('"min":2,"max":6,"default":2', '"min":2,"max":6,"default":7'),
    'HT-8',
  ),
  bad(
    'policy',
    'policy-ttl-33-bits',
    'a life that no request can ask for',
    policy.replace('"max":86400', '"max":4294967296'),
    'HT-8',
  ),
  bad('problem', 'problem-unknown-code', 'a code nobody knows', problem('teapot', 418), 'HT-2'),
  bad(
    'problem',
    'problem-two-codes',
    'type and code disagree',
    problem('busy', 503).replace('"code":"busy"', '"code":"draining"'),
    'HT-2',
  ),
  bad('problem', 'problem-other-status', 'a status that is not the code’s', problem('busy', 500), 'HT-2'),
  bad('problem', 'problem-title-escape', 'an escape in the title', problem('busy', 503).replace('What', 'Wh\\u0061t')),
];
