import { describe, expect, test } from 'bun:test';
import { defaultPolicy } from '@pug/wire';
import { type Config, readConfig, type Sources } from '../src/config.ts';
import { flagOf, type Key, keys, settings, variableOf } from '../src/settings.ts';
import { certificates } from './certificates.ts';

function start(changes: Partial<Sources>) {
  return readConfig({ args: [], env: {}, readFile: () => null, version: '1.2.3', ...changes });
}

function served(changes: Partial<Sources> = {}): Config {
  const outcome = start(changes);
  if (outcome.start !== 'serve') throw new Error(outcome.text);
  return outcome.config;
}

/** The one line of an error. */
function mistake(changes: Partial<Sources>): string {
  const outcome = start(changes);
  if (outcome.start !== 'exit' || outcome.code !== 2) throw new Error('there is no mistake');
  expect(outcome.text).not.toContain('\n');
  return outcome.text;
}

const { good, other } = certificates();
const pem: Partial<Record<string, string>> = {
  'good.crt': good.cert,
  'good.key': good.key,
  'other.key': other.key,
  'no.pem': 'no PEM',
};
const readPem = (path: string) => pem[path] ?? null;

function file(json: unknown): Partial<Sources> {
  return {
    args: ['--config', 'relay.json'],
    readFile: (path) => (path === 'relay.json' ? JSON.stringify(json) : null),
  };
}

describe('settings', () => {
  test('LM-1 HT-8 the defaults are those that are published', () => {
    expect(served()).toEqual({
      listen: { on: 'port', host: '0.0.0.0', port: 3000 },
      tls: null,
      redirect: null,
      metrics: null,
      allowedOrigins: [],
      trustedProxies: { networks: [], unix: false },
      shared: false,
      drainSeconds: 8,
      policy: defaultPolicy,
      effortBits: { floor: 18, ceiling: 23 },
      maxRooms: 100_000,
      maxPendingRooms: 1_000_000,
      maxQueuedBytes: 268_435_456,
      maxSockets: 100_000,
      maxUnjoinedPerPrefix: 20,
    });
  });

  test('OP-1 every setting can be set by flag, by variable and in the file', () => {
    const values: Partial<Record<string, string>> = {
      host: '127.0.0.1',
      allowedOrigins: 'https://chat.example',
      trustedProxies: '10.0.0.0/8',
      'ttlSeconds.default': '61',
      'ttlSeconds.min': '59',
      'capacity.default': '3',
      'capacity.min': '1',
      maxPayloadBytes: '70000',
      byteBurst: '80000',
      queueBytes: '90000',
      unixSocket: 'relay.sock',
      shared: 'true',
      tlsCert: 'good.crt',
      tlsKey: 'good.key',
      redirectListen: '[::]:80',
      metricsListen: '127.0.0.1:9090',
    };
    // What cannot stand alone, with what it needs beside it.
    const beside: Partial<Record<string, Readonly<Record<string, string>>>> = {
      unixSocket: { shared: 'true' },
      tlsCert: { tlsKey: 'good.key' },
      tlsKey: { tlsCert: 'good.crt' },
      redirectListen: { tlsCert: 'good.crt', tlsKey: 'good.key' },
    };
    for (const key of keys) {
      const text = values[key] ?? String(Number(settings[key].default) + 1);
      const given = { [key]: text, ...beside[key] };
      const all = Object.entries(given) as [Key, string][]; // The keys stand above.
      const byFlag = served({ args: all.map(([name, value]) => `${flagOf(name)}=${value}`), readFile: readPem });
      const env = Object.fromEntries(all.map(([name, value]) => [variableOf(name), value]));
      const [outer = key, inner] = key.split('.');
      const json = inner === undefined ? given : { [outer]: { [inner]: text } };
      const readFile = (path: string) => (path === 'relay.json' ? JSON.stringify(json) : readPem(path));
      const inFile = served({ args: ['--config', 'relay.json'], readFile });
      expect(byFlag).not.toEqual(served());
      expect([served({ env, readFile: readPem }), inFile]).toEqual([byFlag, byFlag]);
    }
  });

  test('OP-1 a flag goes over a variable, that over PORT, that over the file, that over the default', () => {
    const inFile = file({ port: 1 });
    const port = (changes: Partial<Sources>) => served({ ...inFile, ...changes }).listen;
    expect(port({})).toMatchObject({ port: 1 });
    expect(port({ env: { PORT: '2' } })).toMatchObject({ port: 2 });
    expect(port({ env: { PUG_PORT: '3', PORT: '2' } })).toMatchObject({ port: 3 });
    expect(port({ env: { PUG_PORT: '3', PORT: '2' }, args: ['--config=relay.json', '--port=4'] })).toMatchObject({
      port: 4,
    });
    expect(served({ env: { PUG_CONFIG: 'relay.json' }, readFile: () => '{"port":5}' }).listen).toMatchObject({
      port: 5,
    });
  });

  test('LM-5 LM-6 HT-15 lists and switches', () => {
    const config = served({
      args: [
        '--trusted-proxies',
        'unix, 10.0.0.0/8',
        '--allowed-origins=https://a.example,null',
        '--shared',
        '--port',
        '0',
      ],
    });
    expect(config).toMatchObject({ shared: true, allowedOrigins: ['https://a.example', 'null'], listen: { port: 0 } });
    expect(config.trustedProxies).toEqual({ networks: [{ base: Uint8Array.of(10, 0, 0, 0), bits: 8 }], unix: true });
    expect(served({ env: { PUG_ALLOWED_ORIGINS: '' } }).allowedOrigins).toEqual([]);
  });

  test('LM-6 LM-5 a unix socket is listened on instead of a port, and says whose addresses count', () => {
    const listen = { on: 'unix', path: 'relay.sock' } as const;
    expect(served({ args: ['--unix-socket', 'relay.sock', '--shared'] }).listen).toEqual(listen);
    expect(served({ args: ['--unix-socket', 'relay.sock', '--trusted-proxies=unix'] }).listen).toEqual(listen);
    expect(mistake({ args: ['--unix-socket', 'relay.sock'] })).toStartWith('unixSocket: needs unix in trustedProxies');
  });
});

describe('OP-1 mistakes are told in one line that names the setting and not its value', () => {
  const cases: readonly (readonly [string, Partial<Sources>, string])[] = [
    ['a number that is none', { args: ['--port', 'pa55word'] }, '--port: must be a whole number from 0 to 65535'],
    ['a number with a fraction', { args: ['--port', '1.5'] }, '--port: must be a whole number from 0 to 65535'],
    ['a number out of bounds', { env: { PUG_PORT: '65536' } }, 'PUG_PORT: must be a whole number from 0 to 65535'],
    ['a negative number', { env: { PORT: '-1' } }, 'PORT: must be a whole number from 0 to 65535'],
    ['a number in the file', file({ port: 1.5 }), 'port in the config file: must be a whole number from 0 to 65535'],
    [
      'a bad value that another goes over',
      { env: { PUG_PORT: 'x' }, args: ['--port=1'] },
      'PUG_PORT: must be a whole number from 0 to 65535',
    ],
    ['an empty text', { args: ['--host='] }, '--host: must be a text that is not empty'],
    ['a switch that is neither', { args: ['--shared=yes'] }, '--shared: must be true or false'],
    [
      'an origin with a path',
      { args: ['--allowed-origins=https://a.example/'] },
      '--allowed-origins: must be origins as browsers send them, separated by commas',
    ],
    [
      'a proxy by name',
      { args: ['--trusted-proxies=proxy'] },
      '--trusted-proxies: must be addresses, networks, or unix, separated by commas',
    ],
    ['an unknown flag', { args: ['--prot=pa55word'] }, '--prot: there is no such flag (see --help)'],
    ['a short flag', { args: ['-p', '1'] }, '-p: there is no such flag (see --help)'],
    ['a value without its flag', { args: ['pa55word'] }, 'flags begin with -- (see --help)'],
    ['a flag without its value', { args: ['--port'] }, '--port: needs a value'],
    ['an action with a value', { args: ['--help=x'] }, '--help: there is no such flag (see --help)'],
    ['an unknown variable', { env: { PUG_PROT: 'pa55word' } }, 'PUG_PROT: there is no such setting (see --help)'],
    ['an unknown key', file({ prot: 'pa55word' }), 'prot in the config file: there is no such setting (see --help)'],
    [
      'an unknown inner key',
      file({ ttlSeconds: { maximum: 1 } }),
      'ttlSeconds.maximum in the config file: there is no such setting (see --help)',
    ],
    [
      'a name that objects have',
      file({ constructor: 1 }),
      'constructor in the config file: there is no such setting (see --help)',
    ],
    [
      'a range that is a number',
      file({ capacity: 3 }),
      'capacity in the config file: there is no such setting (see --help)',
    ],
    ['a file that is not there', { args: ['--config', 'pa55word'] }, 'config: the file cannot be read'],
    [
      'a file that is not JSON',
      { args: ['--config', 'x'], readFile: () => '{"pa55word' },
      'config: the file is not a JSON object',
    ],
    [
      'a file that is a list',
      { args: ['--config', 'x'], readFile: () => '["pa55word"]' },
      'config: the file is not a JSON object',
    ],
    ['a range out of order', { args: ['--ttl-seconds-min=7200'] }, 'ttlSeconds: min, default and max must ascend'],
    [
      'an address without a port',
      { args: ['--metrics-listen=::1'] },
      '--metrics-listen: must be host:port, an IPv6 address in brackets',
    ],
    [
      'an address whose port is too high',
      { env: { PUG_METRICS_LISTEN: 'a:65536' } },
      'PUG_METRICS_LISTEN: must be host:port, an IPv6 address in brackets',
    ],
    ['a certificate without its key', { args: ['--tls-cert=pa55word'] }, 'tlsCert, tlsKey: one needs the other'],
    [
      'a redirect to nowhere',
      { args: ['--redirect-listen=:::80', '--redirect-listen=[::]:80'] },
      '--redirect-listen: must be host:port, an IPv6 address in brackets',
    ],
    ['a redirect without TLS', { args: ['--redirect-listen=[::]:80'] }, 'redirectListen: needs tlsCert'],
    [
      'TLS on a unix socket',
      { args: ['--shared', '--unix-socket=x', '--tls-cert=x', '--tls-key=x'] },
      'tlsCert: not together with unixSocket',
    ],
    [
      'a certificate that is not there',
      { args: ['--tls-cert=pa55word', '--tls-key=pa55word'] },
      'tlsCert, tlsKey: a file cannot be read',
    ],
    [
      'a certificate that is none',
      { args: ['--tls-cert=no.pem', '--tls-key=good.key'], readFile: readPem },
      'tlsCert, tlsKey: must be a certificate and its own key, both in PEM',
    ],
    [
      'a key that is none',
      { args: ['--tls-cert=good.crt', '--tls-key=no.pem'], readFile: readPem },
      'tlsCert, tlsKey: must be a certificate and its own key, both in PEM',
    ],
    [
      'a key of another certificate, also when only checked',
      { args: ['--check-config', '--tls-cert=good.crt', '--tls-key=other.key'], readFile: readPem },
      'tlsCert, tlsKey: must be a certificate and its own key, both in PEM',
    ],
    ['a default above the range', { args: ['--capacity-default=7'] }, 'capacity: min, default and max must ascend'],
  ];
  for (const [title, changes, line] of cases) {
    test(`OP-1 ${title}`, () => {
      expect(mistake(changes)).toBe(line);
      expect(line).not.toContain('pa55word');
    });
  }

  test('LM-1 a payload is at least 4,096 bytes for each place', () => {
    expect(served({ args: ['--capacity-max=16'] }).policy.capacity.max).toBe(16);
    expect(mistake({ args: ['--capacity-max=17'] })).toStartWith('maxPayloadBytes: must be at least 4096');
  });

  test('LM-1 LM-2 the longest frame is no flood', () => {
    expect(served({ args: ['--byte-burst=65540'] }).policy.byteBurst).toBe(65_540);
    expect(mistake({ args: ['--byte-burst=65539'] })).toStartWith('byteBurst: must be at least');
  });

  test('LM-1 LM-3 the longest frame fits a queue', () => {
    expect(served({ args: ['--queue-bytes=65544'] }).policy.queueBytes).toBe(65_544);
    expect(mistake({ args: ['--queue-bytes=65543'] })).toStartWith('queueBytes: must be at least');
  });

  test('RM-11 numbers of events cannot reach 2^31', () => {
    const args = (ttl: number) => [`--ttl-seconds-max=${ttl}`, '--capacity-max=8', '--messages-per-second=1024'];
    expect(served({ args: args(2 ** 18 - 1) }).policy.ttlSeconds.max).toBe(262_143);
    expect(mistake({ args: args(2 ** 18) })).toStartWith('messagesPerSecond: times ttlSeconds.max and capacity.max');
  });
});

describe('what is written instead of serving', () => {
  test('OP-1 --help names every flag with its default', () => {
    const outcome = start({ args: ['--help', '--port=0'] });
    if (outcome.start !== 'exit') throw new Error('it serves');
    expect(outcome.code).toBe(0);
    for (const key of keys) expect(outcome.text).toMatch(new RegExp(`^  ${flagOf(key)} +\\S.*$`, 'm'));
    for (const flag of ['--help', '--version', '--check-config', '--print-config', '--config'])
      expect(outcome.text).toContain(`  ${flag} `);
    expect(outcome.text).toContain('(86400)');
  });

  test('OP-1 --version', () => {
    expect(start({ args: ['--version'] })).toEqual({ start: 'exit', code: 0, text: '1.2.3' });
  });

  test('OP-1 --check-config says whether the settings are good', () => {
    expect(start({ args: ['--check-config'] })).toEqual({ start: 'exit', code: 0, text: 'The settings are good.' });
    expect(mistake({ args: ['--check-config', '--port=x'] })).toStartWith('--port: ');
  });

  test('OP-1 what --print-config writes is a file that means the same', () => {
    const args = [
      '--ttl-seconds-max=7200',
      '--trusted-proxies=unix,10.0.0.0/8',
      '--unix-socket=relay.sock',
      '--drain-seconds=0',
    ];
    for (const given of [[], args]) {
      const outcome = start({ args: [...given, '--print-config'] });
      if (outcome.start !== 'exit') throw new Error('it serves');
      expect(served({ args: ['--config=x'], readFile: () => outcome.text })).toEqual(served({ args: given }));
    }
  });
});
