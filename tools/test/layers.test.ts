import { describe, expect, test } from 'bun:test';
import { checkLayers } from '../layers.ts';
import { lines, withTree } from './plant.ts';

const check = (files: Record<string, string>) => lines(withTree(files, checkLayers));

describe('layers lets pass', () => {
  const allowed: [name: string, path: string, text: string][] = [
    ['a layer below', 'client/src/a.ts', "import type { X } from '@pug/core';\nimport { y } from '@pug/wire';"],
    ['a file of the same folder', 'wire/src/a/b.ts', "export * from '../c.ts';"],
    ['a listed package and its parts', 'web/src/a.tsx', "import { useState } from 'preact/hooks';"],
    ['the library of the ratchet', 'core/src/ratchet/a.ts', "import { x } from 'ts-mls';"],
    ['the ratchet in the script made for it', 'web/src/parts/ratchet.ts', "import { x } from '@pug/core/ratchet';"],
    ['the runtime in the relay', 'relay/src/a.ts', "import { readFileSync } from 'node:fs';\nimport 'bun';"],
    ['anything in a test', 'core/test/a.test.ts', "import { test } from 'bun:test';\nconsole.log(Date.now());"],
    ['the way to start Bun', 'e2e/relay.ts', "import { bunPath } from '../tools/bun.mjs';"],
    ['how a command is asked', 'conformance/src/a.ts', "import { ask } from '../../tools/usage.mjs';"],
    ['the search of a memory', 'e2e/heap.spec.ts', "import { readMemory } from '../tools/memory.ts';"],
    ['a name that is handed in', 'client/src/a.ts', 'interface C { setTimeout(): void }\nlet c!: C;\nc.setTimeout();'],
    ['a name in text and comments', 'core/src/a.ts', "// Date.now()\nexport const s = 'console.log';"],
    ['a clock in the relay', 'relay/src/a.ts', 'console.log(Date.now());'],
  ];
  test.each(allowed)('%s', (_name, path, text) => {
    expect(check({ [path]: text })).toEqual([]);
  });
});

describe('layers refuses an import of', () => {
  const refused: [name: string, path: string, text: string, message: string][] = [
    ['a layer above', 'wire/src/a.ts', "import { x } from '@pug/core';", 'wire may not import @pug/core'],
    ['keys in the relay', 'relay/src/a.ts', "import { x } from '@pug/core';", 'relay may not import @pug/core'],
    ['a type', 'core/src/a.ts', "import type { X } from '@pug/client';", 'core may not import @pug/client'],
    ['a type in place', 'core/src/a.ts', "type X = import('@pug/client').X;", 'core may not import @pug/client'],
    ['what it exports again', 'wire/src/a.ts', "export { x } from '@pug/core';", 'wire may not import @pug/core'],
    ['all it exports again', 'wire/src/a.ts', "export * from '@pug/core';", 'wire may not import @pug/core'],
    ['one made at run time', 'wire/src/a.ts', "await import('@pug/core');", 'wire may not import @pug/core'],
    ['one by require', 'wire/src/a.ts', "require('@pug/core');", 'wire may not import @pug/core'],
    ['ours in a measurement', 'bench/run.ts', "import '@pug/wire';", 'bench may not import @pug/wire'],
    [
      'an inner file',
      'core/src/a.ts',
      "import '@pug/wire/src/b.ts';",
      'reaches past the front door of @pug/wire: @pug/wire/src/b.ts',
    ],
    [
      'the library of the ratchet',
      'core/src/roster/a.ts',
      "import 'ts-mls/dist/src/index.js';",
      'only core/src/ratchet/ may import ts-mls/dist/src/index.js',
    ],
    [
      'the ratchet',
      'web/src/main.tsx',
      "import '@pug/core/ratchet';",
      'only web/src/parts/ratchet.ts and conformance/src/ and docs/examples/ may import @pug/core/ratchet',
    ],
    ['the ratchet in the relay', 'relay/src/a.ts', "import '@pug/core/ratchet';", 'relay may not import @pug/core'],
    [
      'a path out of the folder',
      'core/src/a.ts',
      "import '../../wire/src/b.ts';",
      'reaches out of core/ with a path: ../../wire/src/b.ts',
    ],
    ['a package', 'core/src/a.ts', "import 'left-pad';", 'core may not import the package left-pad'],
    ['an unlisted package', 'web/src/a.tsx', "import 'react';", 'web may not import the package react'],
    ['the runtime', 'core/src/a.ts', "import 'node:crypto';", "core may not import the runtime's module node:crypto"],
    ['the runtime without prefix', 'web/src/a.ts', "import 'fs';", "web may not import the runtime's module fs"],
    ['Bun', 'client/src/a.ts', "import 'bun:sqlite';", "client may not import the runtime's module bun:sqlite"],
    ['a computed path', 'web/src/a.ts', "import('./' + name);", 'imports a computed path, which no check can follow'],
  ];
  test.each(refused)('%s', (_name, path, text, message) => {
    expect(check({ [path]: `\n${text}` })).toEqual([`${path}:2 ${message}`]);
  });

  test('its own beginning, in a circle', () => {
    const files = { 'core/src/a.ts': "import './b.ts';", 'core/src/b.ts': "import type {} from './a.ts';" };
    const circle = 'core/src/a.ts → core/src/b.ts → core/src/a.ts';
    expect(check(files)).toEqual([`core/src/a.ts:1 files import each other in a circle: ${circle}`]);
  });

  test('a package it only declares', () => {
    const declared = JSON.stringify({
      dependencies: { '@pug/core': '*', 'left-pad': '1.0.0' },
      devDependencies: { vite: '1' },
    });
    expect(check({ 'relay/package.json': declared })).toEqual([
      'relay/package.json:1 relay may not import @pug/core, yet declares it',
      'relay/package.json:1 relay may not import the package left-pad, yet declares it',
    ]);
  });
});

describe('layers refuses the name', () => {
  const named: [name: string, text: string][] = [
    ['console', "console.log('x');"],
    ['Date', 'const t = Date.now();'],
    ['Date', 'let when: Date;'],
    ['Date', 'let when; when = Date;'],
    ['Math.random', 'Math.random();'],
    ['Math.random', "Math['random']();"],
    ['setTimeout', 'setTimeout(f, 1);'],
    ['setInterval', 'globalThis.setInterval(f, 1);'],
    ['performance', 'performance.now();'],
    ['process', 'process.exit();'],
    ['document', 'const { title } = document;'],
    ['window', 'const held = { window };'],
  ];
  test.each(['wire', 'core', 'client'].flatMap((folder) => named.map(([name, text]) => [name, folder, text] as const)))(
    '%s in %s: %s',
    (name, folder, text) => {
      const found = check({ [`${folder}/src/a.ts`]: `\n\n${text}` });
      expect(new Set(found)).toEqual(
        new Set([`${folder}/src/a.ts:3 ${folder} may not name ${name}: it is handed what it needs`]),
      );
    },
  );
});

test('layers refuses a file that it cannot read', () => {
  expect(() => check({ 'core/src/a.ts': 'import {' })).toThrow('core/src/a.ts');
});

test('layers holds relay-go to its modules', () => {
  const required = (name: string) => ({ 'relay-go/go.mod': `module m\n\nrequire (\n\t${name} v1.0.0\n)\n` });
  expect(check(required('github.com/gobwas/ws'))).toEqual([]);
  expect(check(required('example.org/other'))).toEqual([
    'relay-go/go.mod:4 relay-go may not require example.org/other',
  ]);
});
