import { expect, test } from 'bun:test';
import { becomeNobody, becomeSomebody, heldIdentity } from '../src/state/person.ts';

const isOverwritten = (key: Uint8Array | undefined) => key?.every((byte) => byte === 0);

test('CR-16 the key of a person is overwritten when they become nobody, or somebody else', async () => {
  await becomeSomebody();
  const first = heldIdentity();
  expect(isOverwritten(first?.signKey)).toBe(false);
  await Promise.all([becomeSomebody(), becomeSomebody()]);
  const last = heldIdentity();
  expect(last).not.toBe(first);
  expect(isOverwritten(first?.signKey)).toBe(true);
  expect(isOverwritten(last?.signKey)).toBe(false);
  becomeNobody();
  expect(isOverwritten(last?.signKey)).toBe(true);
  expect(heldIdentity()).toBeNull();
});
