import { describe, expect, test } from 'bun:test';
import { isIn, parseAddress, parseNetwork, prefixOf } from '../src/addresses.ts';
import { clientAddress, Prefixes } from '../src/prefixes.ts';

function address(text: string): Uint8Array {
  const bytes = parseAddress(text);
  if (bytes === null) throw new Error(`not an address: ${text}`);
  return bytes;
}

function hex(bytes: Uint8Array | null): string | null {
  return bytes && Buffer.from(bytes).toString('hex');
}

describe('addresses', () => {
  const spelled: readonly (readonly [string, string | null])[] = [
    ['192.0.2.1', 'c0000201'],
    ['0.0.0.0', '00000000'],
    ['255.255.255.255', 'ffffffff'],
    ['2001:db8::1', '20010db8000000000000000000000001'],
    ['2001:DB8:0:0:0:0:0:1', '20010db8000000000000000000000001'],
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['1::', '00010000000000000000000000000000'],
    ['fe80::1%eth0', 'fe800000000000000000000000000001'],
    ['::ffff:192.0.2.1', 'c0000201'],
    ['::FFFF:c000:201', 'c0000201'],
    ['64:ff9b::192.0.2.1', '0064ff9b0000000000000000c0000201'],
    ['1:2:3:4:5:6:192.0.2.1', '000100020003000400050006c0000201'],
    ['::ffff:0:192.0.2.1', '0000000000000000ffff0000c0000201'],
    ['192.0.2', null],
    ['192.0.2.256', null],
    ['192.0.2.01', null],
    ['192.0.2.1.1', null],
    ['192.0.2.-1', null],
    ['', null],
    [':', null],
    [':::', null],
    ['1:::2', null],
    ['1::2::3', null],
    ['1:2:3:4:5:6:7', null],
    ['1:2:3:4:5:6:7:8:9', null],
    ['1:2:3:4:5:6:7::8', null],
    ['12345::', null],
    ['g::', null],
    ['192.0.2.1::', null],
    ['::192.0.2.1:1', null],
    ['unknown', null],
    ['_hidden', null],
  ];
  for (const [text, bytes] of spelled) {
    test(`LM-4 ${JSON.stringify(text)} is ${bytes ?? 'no address'}`, () => expect(hex(parseAddress(text))).toBe(bytes));
  }

  test('LM-4 prefixes end at any bit', () => {
    expect(hex(prefixOf(address('192.0.2.255'), 24))).toBe('c0000200');
    expect(hex(prefixOf(address('255.255.255.255'), 13))).toBe('fff80000');
    expect(hex(prefixOf(address('255.255.255.255'), 0))).toBe('00000000');
    expect(hex(prefixOf(address('255.255.255.255'), 32))).toBe('ffffffff');
    expect(hex(prefixOf(address('2001:db8:1:2ff:3::4'), 56))).toBe('20010db8000102000000000000000000');
  });

  test('LM-5 networks', () => {
    const inside = (text: string, network: string) => {
      const parsed = parseNetwork(network);
      return parsed && isIn(address(text), parsed);
    };
    expect([inside('10.1.2.3', '10.0.0.0/8'), inside('11.1.2.3', '10.0.0.0/8')]).toEqual([true, false]);
    expect([inside('10.0.0.1', '10.0.0.1'), inside('10.0.0.2', '10.0.0.1')]).toEqual([true, false]);
    expect([
      inside('fd00::1', 'fd00::/8'),
      inside('10.0.0.1', '::/0'),
      inside('::ffff:10.0.0.1', '10.0.0.0/8'),
    ]).toEqual([true, false, true]);
    for (const network of ['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', '10.0.0.0/08', 'x/8', '::/129']) {
      expect(parseNetwork(network)).toBeNull();
    }
  });
});

describe('LM-4 sockets that have not joined', () => {
  /** Counts a socket called `name` there. */
  function enter(prefixes: Prefixes<string>, from: string | null, name: string, nowMs = 0) {
    const place = prefixes.placeOf(from === null ? null : address(from), nowMs);
    return { place, mustGo: prefixes.enter(place, name) };
  }

  test('LM-4 are counted by prefix: IPv4 /24, IPv6 /56', () => {
    const prefixes = new Prefixes<string>(1, 0);
    const mustGo = (...from: string[]) => from.map((text) => enter(prefixes, text, text).mustGo);
    expect(mustGo('192.0.2.1', '192.0.2.254', '192.0.3.1')).toEqual([null, '192.0.2.1', null]);
    expect(mustGo('2001:db8:0:100::1', '2001:db8:0:1ff::1', '2001:db8:0:200::1')).toEqual([
      null,
      '2001:db8:0:100::1',
      null,
    ]);
    expect(mustGo('::ffff:192.0.3.9', '::ffff:198.51.100.1')).toEqual(['192.0.3.1', null]);
  });

  test('LM-4 one too many, and who has waited longest must go; joining and leaving make room', () => {
    const prefixes = new Prefixes<string>(20, 0);
    const entered = Array.from({ length: 20 }, (_, at) => enter(prefixes, `192.0.2.${at}`, `${at}`));
    expect(entered.map(({ mustGo }) => mustGo)).toEqual(entered.map(() => null));
    expect(enter(prefixes, '192.0.2.99', '20').mustGo).toBe('0');
    for (const at of [0, 1, 7]) prefixes.leave(entered[at]?.place ?? prefixes.placeOf(null, 0), `${at}`);
    expect(['21', '22', '23'].map((name) => enter(prefixes, '192.0.2.99', name).mustGo)).toEqual([null, null, '2']);
  });

  test('LM-4 unknown addresses count as one prefix', () => {
    const prefixes = new Prefixes<string>(1, 0);
    expect([enter(prefixes, null, 'a').mustGo, enter(prefixes, null, 'b').mustGo]).toEqual([null, 'a']);
  });

  test('LM-4 memory is bounded by the sockets: nothing is left when they are gone', () => {
    const prefixes = new Prefixes<number>(20, 0);
    const places = Array.from({ length: 20_000 }, (_, at) => {
      const place = prefixes.placeOf(Uint8Array.of(10, at >> 8, at & 255, 1), 0);
      expect(prefixes.enter(place, at)).toBeNull();
      return place;
    });
    expect(prefixes.size).toBe(20_000);
    for (const [at, place] of places.entries()) prefixes.leave(place, at);
    expect(prefixes.size).toBe(0);
  });

  test('LM-4 a place holds no address, and its key is another every 5 minutes', () => {
    const prefixes = new Prefixes<string>(20, 0);
    const keys = [0, 299_999, 300_000, 600_000].map((nowMs) => prefixes.placeOf(address('192.0.2.1'), nowMs).key);
    expect(keys[0]).toBe(keys[1]);
    expect(new Set(keys).size).toBe(3);
    expect(new Prefixes<string>(20, 0).placeOf(address('192.0.2.1'), 0).key).not.toBe(keys[0]);
  });

  test('LM-4 a socket from before the renewal is counted off where it was counted', () => {
    const prefixes = new Prefixes<string>(1, 0);
    const old = enter(prefixes, '192.0.2.1', 'old');
    const fresh = enter(prefixes, '192.0.2.1', 'fresh', 300_000);
    prefixes.leave(old.place, 'old');
    expect([prefixes.size, fresh.mustGo]).toEqual([1, null]);
    prefixes.leave(fresh.place, 'fresh');
    expect(prefixes.size).toBe(0);
  });
});

describe('LM-5 the address behind proxies', () => {
  const trusted = {
    networks: [parseNetwork('10.0.0.0/8'), parseNetwork('fd00::/8')].filter((network) => network !== null),
    unix: false,
  };
  const nobody = { networks: [], unix: false };
  const cases: readonly (readonly [string, Parameters<typeof clientAddress>, string | null])[] = [
    ['without proxies the header is ignored', ['192.0.2.1', '198.51.100.1', nobody], '192.0.2.1'],
    ['from a stranger the header is ignored', ['192.0.2.1', '198.51.100.1', trusted], '192.0.2.1'],
    ['a trusted proxy is believed', ['10.0.0.1', '198.51.100.1', trusted], '198.51.100.1'],
    ['a trusted proxy as a mapped address is believed', ['::ffff:10.0.0.1', '198.51.100.1', trusted], '198.51.100.1'],
    ['what the client wrote is to the left', ['10.0.0.1', '203.0.113.9, 198.51.100.1', trusted], '198.51.100.1'],
    [
      'a chain of trusted proxies is followed',
      ['10.0.0.1', '203.0.113.9, 198.51.100.1 ,10.0.0.2,fd00::2', trusted],
      '198.51.100.1',
    ],
    ['where all are trusted, it is the farthest', ['10.0.0.1', '10.0.0.3, 10.0.0.2', trusted], '10.0.0.3'],
    ['nonsense is where belief ends', ['10.0.0.1', '198.51.100.1, nonsense, 10.0.0.2', trusted], '10.0.0.2'],
    ['without a header it is the proxy', ['10.0.0.1', null, trusted], '10.0.0.1'],
    ['an empty header is nonsense', ['10.0.0.1', '', trusted], '10.0.0.1'],
    ['a port is left out', ['10.0.0.1', '198.51.100.1:4711', trusted], '198.51.100.1'],
    ['a port after brackets is left out', ['10.0.0.1', '[2001:db8::1]:4711', trusted], '2001:db8::1'],
    ['brackets alone are left out', ['10.0.0.1', '[2001:db8::1]', trusted], '2001:db8::1'],
    ['a unix socket has no address', [null, '198.51.100.1', trusted], null],
    ['a trusted unix socket is believed', [null, '198.51.100.1', { networks: [], unix: true }], '198.51.100.1'],
    ['a trusted unix socket without a header', [null, null, { networks: [], unix: true }], null],
    ['a peer that is no address is believed nothing', ['nonsense', '198.51.100.1', { networks: [], unix: true }], null],
  ];
  for (const [title, args, expected] of cases) {
    test(`LM-5 ${title}`, () => expect(hex(clientAddress(...args))).toBe(expected && hex(address(expected))));
  }
});
