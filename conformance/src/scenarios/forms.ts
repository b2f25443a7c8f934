/**
 * The one form of HT-1, letter by letter: what the relay says is compared with patterns that were written from the specification and
 * not made by the code that reads it everywhere else.
 */
import { encodeCreateRequest } from '@pug/wire';
import { type Answer, headerOf } from '../http.ts';
import { demand, type Peer } from '../peer.ts';
import { type Scenario, scenario } from '../scenario.ts';
import type { Trial } from '../trial.ts';

const number = '(?:0|[1-9]\\d*)';
const flag = '(?:true|false)';
/** base64url of `bytes` bytes. */
const b64u = (bytes: number) => `[A-Za-z0-9_-]{${Math.ceil((bytes * 4) / 3)}}`;
const range = `\\{"min":${number},"max":${number},"default":${number}\\}`;

const challenge =
  `\\{"token":"${b64u(52)}","algorithm":"pbkdf2","k":${number},"target":${number},"effort":${number},` +
  `"raisedBy":"(?:none|load|network)","expiresAt":${number}\\}`;

const policy =
  `\\{"protocol":1,"ttlSeconds":${range},"capacity":${range},"maxPayloadBytes":${number},"messagesPerSecond":${number},` +
  `"messageBurst":${number},"bytesPerSecond":${number},"byteBurst":${number},"queueBytes":${number},"joinTimeoutSeconds":${number},` +
  `"idleTimeoutSeconds":${number},"emptyRoomSeconds":${number},"pendingRoomSeconds":${number}\\}`;

const created = `\\{"roomId":"${b64u(16)}","expiresAt":${number},"ttlSeconds":${number},"capacity":${number}\\}`;

/** Titles are for people: any ASCII but `"` and `\`. */
function problem(code: string, status: number, ending = ''): string {
  return `\\{"type":"urn:pug:error:${code}","title":"[ !#-\\[\\]-~]+","status":${status},"code":"${code}"${ending}\\}`;
}

function isOfForm(text: string, form: string, what: string): void {
  demand(new RegExp(`^${form}$`).test(text), `HT-1: ${what} is written in its one form: ${text}`);
}

function answerIs(answer: Answer, status: number, type: string, form: string, what: string): void {
  demand(answer.status === status, `HT-2: ${what} has status ${status}, not ${answer.status}`);
  demand(headerOf(answer, 'content-type') === type, `HT-2: ${what} is ${type}`);
  isOfForm(answer.text, form, what);
}

async function answers(trial: Trial): Promise<void> {
  const json = 'application/json';
  answerIs(await trial.exchange({ path: '/api/v1/challenge' }), 200, json, challenge, 'a challenge');
  answerIs(await trial.exchange({ path: '/api/v1/policy' }), 200, json, policy, 'the policy');
  const { request } = await trial.request();
  answerIs(await trial.post(encodeCreateRequest(request)), 201, json, created, 'a room');
  const wrong = 'application/problem+json';
  answerIs(await trial.exchange({ path: '/nothing' }), 404, wrong, problem('not_found', 404), 'a problem');
  const withChallenge = problem('malformed', 400, `,"challenge":${challenge}`);
  answerIs(await trial.post('{}'), 400, wrong, withChallenge, 'a problem with a challenge');
}

const joined =
  `\\{"type":"joined","member":${number},"members":\\[${number}(?:,${number})*\\],"seq":${number},"now":${number},"expiresAt":${number},` +
  `"capacity":${number},"locked":${flag},"owners":\\[(?:${number}(?:,${number})*)?\\],"ticket":"${b64u(16)}"\\}`;

/** The next thing a socket is sent, as text. */
async function textOf(peer: Peer, form: string, what: string): Promise<void> {
  const received = await peer.raw.next();
  demand(received.kind === 'text', `SK-2: ${what} is a text message`);
  isOfForm(received.text, form, what);
}

async function messages(trial: Trial): Promise<void> {
  const greeted = await trial.openSilently();
  await textOf(greeted, `\\{"type":"hello","nonce":"${b64u(32)}","protocol":1\\}`, 'hello');
  const room = await trial.room();
  const owner = await trial.knock(room, { owner: true });
  await textOf(owner, joined, 'joined');
  const guest = await trial.knock(room);
  await textOf(guest, joined, 'joined');
  await textOf(owner, '\\{"type":"join","seq":2,"member":2,"owner":false\\}', 'join');
  owner.say({ type: 'ping' });
  await textOf(owner, '\\{"type":"pong"\\}', 'pong');
  for (const [locked, seq] of [
    [true, 3],
    [false, 4],
  ] as const) {
    owner.say({ type: 'lock', locked });
    await textOf(owner, `\\{"type":"lock","seq":${seq},"locked":${locked}\\}`, 'lock');
  }
  owner.say({ type: 'remove', member: 2 });
  await textOf(owner, '\\{"type":"leave","seq":5,"member":2,"why":"removed"\\}', 'leave');
}

/** SK-8 without the help of a decoder: seq(4) ‖ member(4) ‖ payload, big-endian. */
async function frames(trial: Trial): Promise<void> {
  const { members } = await trial.gathering(2);
  const [first, second] = members as [Peer, Peer];
  first.sayBytes(Buffer.from('00000000c0ffee', 'hex'));
  first.sayBytes(Buffer.from('00000002fe', 'hex'));
  for (const [peer, expected] of [
    [first, '0000000300000001c0ffee'],
    [second, '0000000300000001c0ffee'],
    [second, '0000000000000001fe'],
  ] as const) {
    const received = await peer.raw.next();
    const bytes = received.kind === 'binary' ? Buffer.from(received.bytes).toString('hex') : received.kind;
    demand(bytes === expected, `SK-8: ${peer.name} is sent ${expected}, not ${bytes}`);
  }
}

export const formScenarios: readonly Scenario[] = [
  scenario('HT-1 HT-2 HT-3 HT-4 HT-8 PW-14 answers are written in their one form, letter by letter', answers),
  scenario('HT-1 SK-2 SK-3 SK-6 messages are written in their one form, letter by letter', messages),
  scenario('SK-7 SK-8 SK-10 frames are laid out byte by byte as they must be', frames),
];
