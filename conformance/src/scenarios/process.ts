/** What only somebody who runs the relay can ask of it: to stop, to start again, and what it printed. */
import { encodeCreateRequest } from '@pug/wire';
import { demand, type Peer } from '../peer.ts';
import { type Command, RelayProcess, startRelay } from '../relay.ts';
import { brief, mortal, type Scenario, type Setting, scenario, standard } from '../scenario.ts';
import { Skipped, Trial } from '../trial.ts';
import { RawSocket, upgrade } from '../websocket.ts';

const stoppable: Setting = mortal;

async function drain(trial: Trial): Promise<void> {
  const { process } = trial.relay;
  demand(process !== null, 'the relay was started here');
  const { members } = await trial.gathering(2);
  const waiting = await trial.open();
  const { request } = await trial.request();
  process.child.kill('SIGTERM');
  for (const peer of [...members, waiting]) {
    const { inSeconds } = await peer.expect({ type: 'closing' });
    demand(inSeconds <= 3, 'SK-14: closing tells the seconds left');
  }
  const ready = await trial.exchange({ path: '/readyz' });
  demand(ready.status === 503 && ready.text === 'draining', 'HT-14: while it drains the relay is not ready');
  demand((await trial.exchange({ path: '/healthz' })).status === 200, 'HT-14: it is alive');
  trial.refused(await trial.post(encodeCreateRequest(request)), 'draining');
  const refused = await upgrade(trial.relay.url);
  demand(!(refused instanceof RawSocket), 'SK-14: no new sockets while draining');
  trial.refused(refused, 'draining');
  const ends = await Promise.all(
    [...members, waiting].map(async (peer) => ({ code: await peer.untilClosed(), atMs: performance.now() })),
  );
  demand(
    ends.every(({ code }) => code === 1012),
    `SK-14: all are closed with 1012, not ${ends.map(({ code }) => code)}`,
  );
  const times = ends.map(({ atMs }) => atMs);
  const spreadMs = Math.max(...times) - Math.min(...times);
  // Three sockets over three seconds.
  demand(spreadMs > 500, `SK-14: they are closed over that time, not within ${Math.round(spreadMs)} ms`);
  demand((await process.exited) === 0, 'SK-14: and the relay exits');
}

async function secondSignal({ relay: { process } }: Trial): Promise<void> {
  const relay = await startRelay(['--drain-seconds', '60'], process?.command);
  const trial = new Trial(relay);
  await trial.gathering(2);
  const startedMs = performance.now();
  relay.process?.child.kill('SIGTERM');
  await Bun.sleep(200);
  relay.process?.child.kill('SIGTERM');
  await relay.process?.exited;
  demand(performance.now() - startedMs < 5000, 'SK-14: a second SIGTERM exits at once');
  trial.end();
}

async function restart(trial: Trial): Promise<void> {
  const { request } = await trial.request();
  const relay = await startRelay([], trial.relay.process?.command);
  const after = new Trial(relay);
  try {
    after.refused(await after.post(encodeCreateRequest(request)), 'expired');
  } finally {
    await relay.process?.stop();
  }
}

/** Settings that would break a rule, by one. */
const impossible: readonly (readonly [string, readonly string[]])[] = [
  ['RM-11: numbers that could wrap', ['--messages-per-second', '4143']],
  ['LM-1: payloads too small for the room', ['--capacity-max', '17']],
  ['LM-1: a burst below one message', ['--byte-burst', '65539']],
  ['LM-1: a queue below one message', ['--queue-bytes', '65543']],
  ['LM-1: a life that is shorter than the shortest', ['--ttl-seconds-max', '59']],
];
const justPossible = ['--messages-per-second', '1553', '--capacity-max', '16', '--byte-burst', '65540'];

async function starts(flags: readonly string[], command: Command | undefined): Promise<boolean> {
  const process = new RelayProcess(flags, command);
  const started = await process.url().then(
    () => true,
    () => false,
  );
  if (started) await process.stop();
  else demand((await process.exited) === 2, 'OP-1: a setting that cannot be ends the start with 2');
  return started;
}

async function configurations({ relay: { process } }: Trial): Promise<void> {
  for (const [rule, flags] of impossible) {
    demand(!(await starts(flags, process?.command)), `${rule} (${flags.join(' ')}): the relay must not start`);
  }
  const settings = [...justPossible, '--queue-bytes', '65544'];
  demand(await starts(settings, process?.command), `LM-1: the bounds themselves are allowed: ${settings.join(' ')}`);
}

async function printedNothing(trial: Trial): Promise<void> {
  const { relay } = trial;
  if (relay.process === null) throw new Skipped('needs a relay whose output can be read');
  const { room, members } = await trial.gathering(2);
  const marker = 'planted-marker-1d4f6a';
  const [owner, guest] = members as [Peer, Peer];
  await trial.exchange({
    path: `/${marker}?${marker}`,
    headers: [
      ['User-Agent', marker],
      ['Cookie', marker],
      ['Referer', marker],
    ],
  });
  await trial.exchange({ path: `/r%23${marker}` });
  await trial.post(JSON.stringify({ marker }));
  guest.sayText(marker);
  await guest.expectClose('bad_message');
  await owner.expect({ type: 'leave' });
  owner.say({ type: 'purge' });
  await owner.expectClose('purged');
  await (await trial.knock(room)).expectClose('not_found');
  await Bun.sleep(200);
  demand(relay.process.printed.includes(relay.url.port), 'the relay printed its address: its output is being read');
  demand(relay.planted.size > 5, 'something was planted');
  for (const secret of [marker, ...relay.planted, '127.0.0.']) {
    const withoutAddress = relay.process.printed.replace(relay.url.href, '').replace(relay.url.origin, '');
    demand(!withoutAddress.includes(secret), `RL-2: nothing printed holds ${secret.slice(0, 8)}…`);
  }
}

export const processScenarios: readonly Scenario[] = [
  scenario('RM-11 LM-1 a relay does not start with settings that would break a rule', configurations, stoppable),
  scenario('SK-14 HT-14 RM-4 a relay asked to stop says so, closes all and exits', drain, stoppable),
  scenario('SK-14 a second signal ends it at once', secondSignal, stoppable),
  scenario('PW-11 a token from before the relay started is expired', restart, stoppable),
  scenario('RL-2 LK-8 RM-10 after all this nothing of it was printed', printedNothing, standard),
  scenario('RL-2 RM-10 nor by the relay whose rooms ended by themselves', printedNothing, brief),
];
