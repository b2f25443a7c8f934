import { describe, expect, test } from 'bun:test';
import { isIn, parseAddress, parseNetwork, prefixOf } from '../src/addresses.ts';
import { clientAddress, type Place, Prefixes } from '../src/prefixes.ts';

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
  test('LM-4 are counted by prefix: IPv4 /24, IPv6 /56', () => {
    const prefixes = new Prefixes(1, 0);
    const enters = (text: string) => prefixes.enter(address(text), 0) !== null;
    expect([enters('192.0.2.1'), enters('192.0.2.254'), enters('192.0.3.1')]).toEqual([true, false, true]);
    expect([enters('2001:db8:0:100::1'), enters('2001:db8:0:1ff::1'), enters('2001:db8:0:200::1')]).toEqual([
      true,
      false,
      true,
    ]);
    expect([enters('::ffff:192.0.2.9'), enters('::ffff:198.51.100.1')]).toEqual([false, true]);
  });

  test('LM-4 as many as may be, and again as soon as one has joined or gone', () => {
    const prefixes = new Prefixes(20, 0);
    const places = Array.from({ length: 20 }, (_, at) => prefixes.enter(address(`192.0.2.${at}`), 0));
    expect(places).not.toContain(null);
    expect(prefixes.enter(address('192.0.2.99'), 0)).toBeNull();
    prefixes.leave(places[7] as Place); // None of them is null, as was just said.
    expect([prefixes.enter(address('192.0.2.99'), 0) === null, prefixes.enter(address('192.0.2.99'), 0)]).toEqual([
      false,
      null,
    ]);
  });

  test('LM-4 unknown addresses count as one prefix', () => {
    const prefixes = new Prefixes(1, 0);
    expect([prefixes.enter(null, 0) === null, prefixes.enter(null, 0)]).toEqual([false, null]);
  });

  test('LM-4 memory is bounded by the sockets: nothing is left when they are gone', () => {
    const prefixes = new Prefixes(20, 0);
    const places: Place[] = [];
    for (let at = 0; at < 20_000; at++) {
      const place = prefixes.enter(Uint8Array.of(10, at >> 8, at & 255, 1), 0);
      if (place !== null) places.push(place);
    }
    expect([places.length, prefixes.size]).toEqual([20_000, 20_000]);
    for (const place of places) prefixes.leave(place);
    expect(prefixes.size).toBe(0);
  });

  test('LM-4 a place holds no address, and its key is another every 5 minutes', () => {
    const prefixes = new Prefixes(20, 0);
    const keys = [0, 299_999, 300_000, 600_000].map((nowMs) => prefixes.enter(address('192.0.2.1'), nowMs)?.key);
    expect(keys[0]).toBe(keys[1]);
    expect(new Set(keys).size).toBe(3);
    expect(new Prefixes(20, 0).enter(address('192.0.2.1'), 0)?.key).not.toBe(keys[0]);
  });

  test('LM-4 a socket from before the renewal is counted off where it was counted', () => {
    const prefixes = new Prefixes(1, 0);
    const old = prefixes.enter(address('192.0.2.1'), 0) as Place; // There is a place for the first.
    const fresh = prefixes.enter(address('192.0.2.1'), 300_000) as Place;
    prefixes.leave(old);
    expect([prefixes.size, prefixes.enter(address('192.0.2.1'), 300_000)]).toEqual([1, null]);
    prefixes.leave(fresh);
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
