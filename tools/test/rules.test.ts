import { describe, expect, test } from 'bun:test';
import { checkRules } from '../rules.ts';
import { lines, withTree } from './plant.ts';

const check = (files: Record<string, string>) => lines(withTree(files, checkRules));
const RULE = { 'spec/room.md': '# Room\n\n**RM-1** A room ends.\n' };

describe('rules counts as proof', () => {
  const proofs: [path: string, text: string][] = [
    ['relay/test/a.test.ts', "test('RM-1 ends', () => {});"],
    ['relay/test/a.test.ts', "describe('the end (RM-1)', () => {});"],
    ['relay/test/a.test.ts', "test.each([[1], [2]])('RM-1 ends after %d', () => {});"],
    ['relay/test/a.test.ts', 'test(`RM-1 ends`, () => {});'],
    ['e2e/a.spec.ts', "test.describe('RM-1', () => {});"],
    ['conformance/src/scenarios/room.ts', "scenario('RM-1 ends', run);"],
    ['relay-go/room/room_test.go', 'func TestARoomEnds_RM_1(t *testing.T) {'],
    ['vectors/room/end.json', '{"rule": "RM-1"}'],
    ['vectors/room/end.json', '{"rule": ["RM-1"]}'],
  ];
  test.each(proofs)('%s %s', (path, text) => {
    expect(check({ ...RULE, [path]: text })).toEqual([]);
  });
});

describe('rules does not count as proof', () => {
  const unproven: [path: string, text: string][] = [
    ['relay/test/a.test.ts', "// RM-1\ntest('ends', () => {});"],
    ['relay/test/a.test.ts', "test.skip('RM-1 ends', () => {});"],
    ['relay/test/a.test.ts', "test.todo('RM-1 ends');"],
    ['relay/test/a.test.ts', "test('ends', () => { log('RM-1'); });"],
    ['relay/src/a.ts', "test('RM-1 ends', () => {});"],
    ['relay-go/room/room.go', 'func TestARoomEnds_RM_1(t *testing.T) {'],
    ['relay-go/room/room_test.go', 'func ends_RM_1() {'],
    ['vectors/room/end.json', '{"comment": "RM-1"}'],
  ];
  test.each(unproven)('%s %s', (path, text) => {
    expect(check({ ...RULE, [path]: text })).toEqual(['spec/room.md:3 RM-1 is proven by no test and no vector']);
  });
});

test('rules reads rules from lists and from the front page, and no prefix of three letters', () => {
  const found = check({ 'PUG_NETWORK_LOGIC.md': '- **RL-1** One.\n**SHA-256** Two.\nSee **RL-2**.\n' });
  expect(found).toEqual(['PUG_NETWORK_LOGIC.md:1 RL-1 is proven by no test and no vector']);
});

test('rules refuses a citation of a rule that does not exist', () => {
  const found = check({
    ...RULE,
    'relay/test/a.test.ts': "test('RM-1', f);\ntest('RM-10', f);",
    'vectors/a.json': '{"rule":"RM-2"}',
  });
  expect(found).toEqual([
    'relay/test/a.test.ts:2 RM-10 is cited but defined nowhere',
    'vectors/a.json:1 RM-2 is cited but defined nowhere',
  ]);
});

test('rules refuses a rule defined twice', () => {
  const found = check({ ...RULE, 'spec/z.md': '**RM-1** Again.', 'relay/test/a.test.ts': "test('RM-1', f);" });
  expect(found).toEqual(['spec/z.md:1 RM-1 is defined a second time']);
});
