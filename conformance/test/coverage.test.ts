/** Every rule of the specification is proven by a scenario, or says why a black box cannot see it. */
import { expect, test } from 'bun:test';
import { coverage, partly, rules, unseen } from '../src/coverage.ts';
import { rulesOf } from '../src/scenario.ts';
import { scenarios } from '../src/scenarios/index.ts';

test('every rule has a scenario or a reason', () => {
  expect(rules().length).toBeGreaterThan(100);
  const bare = coverage().filter((row) => row.scenarios.length === 0 && row.remark === null);
  expect(bare.map(({ rule }) => rule)).toEqual([]);
});

test('a reason is for a rule that has no scenario, a remark for one that has', () => {
  const proven = new Set(scenarios.flatMap(rulesOf));
  const exact = Object.keys(unseen).filter((key) => key.includes('-'));
  expect(exact.filter((rule) => proven.has(rule) || !rules().includes(rule))).toEqual([]);
  expect(Object.keys(partly).filter((rule) => !proven.has(rule))).toEqual([]);
});

test('every scenario names rules that exist, and no two have one title', () => {
  const known = new Set(rules());
  for (const scenario of scenarios) {
    expect(rulesOf(scenario).length).toBeGreaterThan(0);
    expect(rulesOf(scenario).filter((rule) => !known.has(rule))).toEqual([]);
  }
  expect(new Set(scenarios.map(({ title }) => title)).size).toBe(scenarios.length);
});
