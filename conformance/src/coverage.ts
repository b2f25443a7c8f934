/**
 * Which scenarios prove which rule of the specification, and why a black box cannot see the others: npm run conformance -- --rules.
 * `test/coverage.test.ts` fails for a rule that is neither.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rulesOf, type Scenario } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';

const specFolder = fileURLToPath(new URL('../../spec', import.meta.url));
const definition = /^\*\*([A-Z]{2}-\d+)\*\*/gm;

/** Why no scenario can prove a rule, by its id or by the letters of its kind. */
export const unseen: Readonly<Record<string, string>> = {
  CL: 'binds clients: proven where they are (client, web, e2e)',
  CR: 'is between clients: to a relay it is payload (core, client)',
  OP: 'is for whoever runs a relay, on its own machine (relay)',
  'LK-1': 'binds clients: a link is never sent to a relay (core)',
  'LK-2': 'binds clients: a link is never sent to a relay (core)',
  'LK-3': 'binds clients (client, e2e)',
  'LK-4': 'binds clients: to a relay a key is a key (core)',
  'LK-6': 'binds clients: a link is never sent to a relay (core)',
  'LK-7': 'binds clients: a link is never sent to a relay (core)',
  'PW-8': 'binds clients (client, web)',
  'LM-9': 'takes longer than a scenario may (relay)',
  'RL-1': 'what a process writes to a disk is seen on its machine (relay)',
  'RL-4': 'what is left in memory is seen on its machine (relay)',
};

/** What of a rule that scenarios prove a black box cannot see. */
export const partly: Readonly<Record<string, string>> = {
  'HT-2': '`too_easy` needs difficulty to rise by two bits within a token’s life, `internal` needs a fault',
  'PW-2': 'that the comparison takes constant time',
  'PW-9': 'the effort (`too_easy`), which needs difficulty to rise; a token just over its life, which takes 150 s',
  'PW-10': 'the size of what is remembered, and for how long',
  'PW-12': 'that keys rotate daily',
  'PW-13': 'that two are verified at once and 64 wait: only that more than 66 are too many',
  'PW-16': 'its steps, how it falls, and what counts besides the rate',
  'SK-2': 'the exact bound of a control message: no good one is that long',
  'JN-8': 'that the tickets themselves are not kept',
  'RM-1': 'how little a room takes that nobody joined',
  'RM-10': 'what is left in maps and timers: only that the id is unknown and can begin anew',
  'LM-3': 'how much memory is held: only that the member goes and the others stay',
  'LM-10': 'that the longest queue goes first',
  'LM-2': 'that empty parts are counted, which not every relay can see',
  'LM-4': 'that an address is kept as a hash, and its key replaced every 5 minutes',
  'OP-8': 'what most of the metrics count',
  'OP-10': 'the other lines than the first',
  'RL-2': 'a relay’s log where it is not started here',
  'RL-3': 'what becomes of a payload after it was sent on',
};

export interface Row {
  readonly rule: string;
  readonly scenarios: readonly Scenario[];
  /** Why no scenario proves it, or what those that do cannot see; null where there is nothing to say. */
  readonly remark: string | null;
}

/** Every rule of the specification, by file and in its order. */
export function rules(): readonly string[] {
  const files = readdirSync(specFolder).filter((name) => name.endsWith('.md'));
  const texts = files.sort().map((name) => readFileSync(join(specFolder, name), 'utf8'));
  return texts.flatMap((text) => [...text.matchAll(definition)].map(([, rule = '']) => rule));
}

export function coverage(): readonly Row[] {
  return rules().map((rule) => {
    const proving = scenarios.filter((scenario) => rulesOf(scenario).includes(rule));
    const remark = proving.length > 0 ? partly[rule] : (unseen[rule] ?? unseen[rule.slice(0, 2)]);
    return { rule, scenarios: proving, remark: remark ?? null };
  });
}

export function printCoverage(): void {
  const rows = coverage();
  for (const { rule, scenarios: proving, remark } of rows) {
    const [first, ...more] = proving.map(({ title, setting }) => `${withoutRules(title)} [${setting.name}]`);
    console.log(`${rule.padEnd(6)} ${first ?? `not seen: ${remark ?? 'no reason is given'}`}`);
    for (const title of more) console.log(`       ${title}`);
    if (first !== undefined && remark !== null) console.log(`       not seen: ${remark}`);
  }
  const proven = rows.filter((row) => row.scenarios.length > 0).length;
  console.log(
    `${rows.length} rules: ${proven} proven by ${scenarios.length} scenarios, ${rows.length - proven} not seen`,
  );
}

function withoutRules(title: string): string {
  return title.replace(/^(?:[A-Z]{2}-\d+ )+/, '');
}
