/** What whoever runs a relay can rely on, as far as it is seen from beside it: settings, log, metrics, descriptors (spec/operations.md). */
import { type Answer, exchange, headerOf } from '../http.ts';
import { demand, type Peer } from '../peer.ts';
import { type Relay, RelayProcess, startRelay } from '../relay.ts';
import { mortal, type Scenario, type Setting, scenario } from '../scenario.ts';
import { Trial } from '../trial.ts';

const metered: Setting = {
  name: 'metered',
  flags: ['--metrics-listen', '127.0.0.1:0'],
  misfit: () => 'needs a relay whose log and metrics can be read',
};

const value = 'planted-5e771';
const mistakes: readonly (readonly [setting: string, flags: readonly string[]])[] = [
  ['--max-rooms', ['--max-rooms', value]],
  ['--drain-seconds', [`--drain-seconds=${value}`]],
  ['--no-such-setting', [`--no-such-setting=${value}`]],
];

async function wrongSettings({ relay }: Trial): Promise<void> {
  for (const [setting, flags] of mistakes) {
    const process = new RelayProcess(flags, relay.process?.command);
    demand((await process.exited) === 2, `OP-1: ${setting}: a mistake ends the start with 2`);
    const said = process.printed.trimEnd();
    demand(said.includes(setting) && !said.includes('\n'), `OP-1: one line names ${setting}: ${said}`);
    demand(!said.includes(value), 'OP-1: and never its value');
  }
}

/** The first line of a relay's log, once it is there. */
async function listening({ process }: Relay): Promise<Readonly<Record<string, unknown>>> {
  for (let waits = 0; waits < 100; waits++) {
    const line = process?.printed.split('\n').find((text) => text.startsWith('{') && text.endsWith('}'));
    if (line !== undefined) return JSON.parse(line);
    await Bun.sleep(20);
  }
  throw new Error('OP-10: the log says that it listens');
}

const listeningFields = 'event ts level port tls redirectPort metricsPort sockets webClient docs'.split(' ');

const metricKinds: Readonly<Record<string, string>> = {
  pug_build_info: 'gauge',
  pug_uptime_seconds: 'gauge',
  pug_resident_memory_bytes: 'gauge',
  pug_draining: 'gauge',
  pug_rooms: 'gauge',
  pug_rooms_max: 'gauge',
  pug_pending_rooms: 'gauge',
  pug_pending_rooms_max: 'gauge',
  pug_sockets: 'gauge',
  pug_sockets_max: 'gauge',
  pug_sockets_unjoined: 'gauge',
  pug_members: 'gauge',
  pug_messages_total: 'counter',
  pug_message_bytes_total: 'counter',
  pug_deliveries_total: 'counter',
  pug_creations_total: 'counter',
  pug_joins_total: 'counter',
  pug_closes_total: 'counter',
  pug_refusals_total: 'counter',
  pug_faults_total: 'counter',
  pug_effort_iterations: 'gauge',
  pug_verifications_running: 'gauge',
  pug_verifications_waiting: 'gauge',
  pug_event_loop_lag_seconds: 'histogram',
};
const limits = 'sockets prefix rooms pending_rooms verification solutions rate queue descriptors'.split(' ');

const metricOf = ({ text }: Answer, name: string): number =>
  Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);

async function metrics(trial: Trial): Promise<void> {
  const line = await listening(trial.relay);
  const fields = Object.keys(line);
  demand(fields.join() === listeningFields.join(), `OP-10: the fields of its table and no others: ${fields}`);
  const url = new URL(`http://127.0.0.1:${line.metricsPort}`);
  const read = () => exchange(url, { path: '/metrics' });
  const before = await read();
  demand(headerOf(before, 'content-type') === 'text/plain; version=0.0.4; charset=utf-8', 'OP-8: the format');
  const kinds = [...before.text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', kind]) => [name, kind]);
  const sorted = (entries: readonly (readonly unknown[])[]) => JSON.stringify(entries.toSorted());
  demand(sorted(kinds) === sorted(Object.entries(metricKinds)), 'OP-8: the metrics of its table and no others');
  const named = [...before.text.matchAll(/^pug_refusals_total\{limit="([^"]*)"\} 0$/gm)].map(([, limit]) => limit);
  demand(named.toSorted().join() === limits.toSorted().join(), `OP-9: every limit from the start, with 0: ${named}`);
  const { members } = await trial.gathering(3);
  const [speaker] = members as [Peer];
  speaker.send('five!');
  for (const member of members) await member.expectFrame({ member: 1, payload: 'five!' });
  await trial.exchange({ path: '/api/v1/policy' });
  const after = await read();
  const grown = (name: string) => metricOf(after, name) - metricOf(before, name);
  const expected = { members: 3, rooms: 1, sockets: 3, messages_total: 1, message_bytes_total: 5, deliveries_total: 3 };
  for (const [name, by] of Object.entries(expected)) {
    demand(grown(`pug_${name}`) === by, `OP-8: pug_${name} grows by ${by}, not ${grown(`pug_${name}`)}`);
  }
  trial.refused(await exchange(url, { path: '/' }), 'not_found');
  trial.refused(await exchange(url, { path: '/metrics', method: 'POST' }), 'method_not_allowed');
  trial.refused(await trial.exchange({ path: '/metrics' }), 'not_found');
}

async function fewDescriptors({ relay }: Trial): Promise<void> {
  const command = ['sh', '-c', 'ulimit -n 80; exec "$@"', 'sh', ...(relay.process?.command ?? [])] as const;
  const poor = await startRelay([], command);
  const trial = new Trial(poor);
  try {
    const { sockets } = await listening(poor);
    demand(sockets === 16, `OP-15: of 80 descriptors 64 are for other things, not ${80 - Number(sockets)}`);
    const waiting: Peer[] = [];
    for (let count = 0; count < 3; count++) waiting.push(await trial.open());
    // A tenth of 16, rounded up, may stand in the doorway.
    await waiting[0]?.expectClose('overloaded');
  } finally {
    trial.end();
    await poor.process?.stop();
  }
}

export const operatingScenarios: readonly Scenario[] = [
  scenario('OP-1 a setting that cannot be is named, its value is not', wrongSettings, mortal),
  scenario('OP-7 OP-8 OP-9 OP-10 metrics and log are counts, under the names of the specification', metrics, metered),
  scenario('OP-15 LM-7 there are no more sockets than descriptors allow', fewDescriptors, mortal),
];
