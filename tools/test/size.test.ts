import { expect, test } from 'bun:test';
import { checkSize } from '../size.ts';
import { lines, withTree } from './plant.ts';

const check = (files: Record<string, string>) => lines(withTree(files, checkSize));
const rows = (count: number) => Array.from({ length: count }, (_, index) => `  f(${index});`).join('\n');

test('size lets pass a file of 400 lines and refuses one of 401', () => {
  expect(check({ 'core/src/a.ts': `${rows(400)}\n` })).toEqual([]);
  expect(check({ 'core/src/a.ts': `${rows(401)}\n` })).toEqual(['core/src/a.ts:401 file of 401 lines']);
  expect(check({ 'web/src/a.css': `${rows(401)}\n` })).toEqual(['web/src/a.css:401 file of 401 lines']);
});

test.each([
  ['a declaration', 'function a() {', '}'],
  ['an arrow', 'const a = () => {', '};'],
  ['a method', 'class A { a() {', '} }'],
  ['a function inside an object', 'const o = { a() {', '} };'],
  ['a test', "test('x', () => {", '});'],
])('size lets pass %s of 50 lines and refuses 51', (_name, head, tail) => {
  expect(check({ 'core/src/a.ts': `\n${head}\n${rows(48)}\n${tail}\n` })).toEqual([]);
  expect(check({ 'core/src/a.ts': `\n${head}\n${rows(49)}\n${tail}\n` })).toEqual([
    'core/src/a.ts:2 function of 51 lines',
  ]);
});

test('size lets pass a Go function of 50 lines and refuses 51', () => {
  expect(check({ 'relay-go/a.go': `\nfunc a() {\n${rows(48)}\n}\n` })).toEqual([]);
  expect(check({ 'relay-go/a.go': `\nfunc a() {\n${rows(49)}\n}\n` })).toEqual([
    'relay-go/a.go:2 function of 51 lines',
  ]);
});

test('size does not take a list of tests for a function', () => {
  expect(check({ 'core/test/a.test.ts': `describe('x', () => {\n${rows(60)}\n});` })).toEqual([]);
  expect(check({ 'relay/test/a.test.ts': `describe.skipIf(a)('x', () => {\n${rows(60)}\n});` })).toEqual([]);
  expect(check({ 'e2e/a.spec.ts': `test.describe('x', () => {\n${rows(60)}\n});` })).toEqual([]);
});

test('size leaves out what is generated or installed', () => {
  expect(check({ 'web/dist/a.js': rows(401), 'node_modules/a/a.js': rows(401), '.git/a.js': rows(401) })).toEqual([]);
});
