import { describe, expect, test } from 'bun:test';
import { checkLogs } from '../logs.ts';
import { lines, withTree } from './plant.ts';

const log = `import type { LimitName } from './counts.ts';
export type Fact = { readonly event: 'limit'; readonly limit: LimitName; readonly refused: number };
export function log(fact: Fact): void {
  process.stderr.write(JSON.stringify(fact));
}`;
const counts = "export type LimitName = 'sockets' | 'rooms';\nexport interface Else { readonly name: string }";
const tree = { 'relay/src/log.ts': log, 'relay/src/counts.ts': counts };

/** What is said about the relay with this one file more, or another one instead. */
function check(path: string, text: string): string[] {
  return lines(withTree({ ...tree, [`relay/src/${path}`]: text }, checkLogs));
}

describe('logs lets pass', () => {
  test.each([
    ['counts and our own words', 'a.ts', "log({ event: 'limit', limit: name, refused: counts.refused });"],
    ['a log that was handed in', 'a.ts', "this.#log({ event: 'limit', refused });"],
    ['the command’s words', 'main.ts', 'console.log(addressOf(config));'],
    ['whether something is so', 'a.ts', "log({ event: 'limit', webClient: assets !== null });"],
    ['reading files', 'a.ts', "import { readFileSync } from 'node:fs';"],
    ['a field called console', 'a.ts', 'const console_ = { console: 1 }.console;'],
    ['the log beside the event loop', 'log.ts', "import { write } from 'node:fs';\nexport type Fact = never;"],
    ['the file that removes a dead socket', 'unix-socket.ts', "import { unlinkSync } from 'node:fs';"],
  ])('%s', (_, path, text) => expect(check(path, text)).toEqual([]));
});

describe('logs refuses', () => {
  test.each([
    ['printing elsewhere', 'a.ts', 'console.error(error);', 'console'],
    ['standard error', 'a.ts', 'process.stderr.write(text);', 'process.stderr'],
    ['a text put together', 'a.ts', "log({ event: 'limit', limit: 'the ' + room });", 'constant'],
    ['what a call gives', 'a.ts', "log({ event: 'limit', limit: nameOf(request) });", 'constant'],
    ['fields from elsewhere', 'a.ts', "log({ event: 'limit', ...request });", 'constant'],
    ['a line made elsewhere', 'a.ts', 'log(fact);', 'written out'],
    ['a file', 'a.ts', "import { appendFileSync } from 'node:fs';", 'appendFileSync'],
    ['a file of the log', 'log.ts', "import { appendFile, write } from 'node:fs';", 'appendFile'],
    [
      'a file where a dead socket is removed',
      'unix-socket.ts',
      "import { writeFileSync } from 'node:fs';",
      'writeFileSync',
    ],
    ['a whole file system', 'a.ts', "import fs from 'node:fs';", 'named imports'],
    ['a file system as one name', 'a.ts', "import * as fs from 'node:fs/promises';", 'named imports'],
    ['a file system later', 'a.ts', "const fs = await import('node:fs');", 'named imports'],
    ['a file system by its old name', 'a.ts', "const fs = require('fs');", 'named imports'],
    ['a file system handed on', 'a.ts', "export * from 'node:fs';", 'named imports'],
    ['promises of a file system', 'a.ts', "import { promises } from 'node:fs';", 'named imports'],
    ['a file of the runtime', 'a.ts', "await Bun.write('x', text);", 'Bun.write'],
    ['a field for text', 'log.ts', 'export interface Fact { readonly room: string }', 'no field for text'],
    ['a field for anything', 'log.ts', 'export type Fact = { readonly more: unknown };', 'no field for text'],
    ['an imported type with text', 'counts.ts', 'export type LimitName = string;', 'no field for text'],
  ])('%s', (_, path, text, said) => {
    const found = check(path, text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(said);
  });

  test('a relay without a log', () => {
    expect(lines(withTree({ 'relay/src/a.ts': '' }, checkLogs))).toEqual([expect.stringContaining('there is no log')]);
  });
});
