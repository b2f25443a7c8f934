import { expect, test } from 'bun:test';
import { maxLines } from '@pug/client';
import { forgetTags } from '../src/state/tags.ts';

test('CR-16 the tags of somebody who comes over and over do not pile up; of who is here, and of lines, they stay', () => {
  const tags = new Map([
    [1, 'HERE'],
    [2, 'TOLD'],
  ]);
  for (let number = 3; number < 3 * maxLines; number++) {
    tags.set(number, 'TAGS');
    forgetTags(tags, [{ number: 1 }], [{ key: 1, kind: 'left', member: 2, name: null, atMs: 0 }]);
    if (tags.size > 2 * maxLines + 1) throw new Error('they pile up');
  }
  expect([tags.get(1), tags.get(2)]).toEqual(['HERE', 'TOLD']);
});
