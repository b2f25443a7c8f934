import { createServer } from 'node:http';
import { expect, test } from './src/story.ts';

test('CL-3 HT-10 the watch over every page finds what it must: a foreign request, a violated policy, an error', async ({
  someone,
  watch,
}) => {
  const person = await someone();
  await person.page.goto(person.origin);
  await expect(person.page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(watch.problems).toEqual([]);
  const found = async (kind: RegExp) => {
    await expect.poll(() => watch.problems.filter((text) => kind.test(text)).length).toBeGreaterThan(0);
    watch.problems.length = 0;
  };
  await person.page.evaluate(() => fetch('http://127.0.0.1:9/elsewhere').catch(() => undefined));
  await found(/connect-src|content.security.policy/i);
  await person.page.evaluate(() => {
    const style = document.createElement('style');
    style.textContent = 'body { color: red }';
    document.head.append(style);
  });
  await found(/style-src/);
  await person.page.evaluate(() => {
    setTimeout(() => {
      throw new Error('planted');
    });
  });
  await found(/planted/);
  const elsewhere = createServer((_, response) => response.end('elsewhere'));
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const address = elsewhere.address();
  await person.page.goto(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`);
  await found(/another origin/);
  watch.forgive(/favicon|another origin/);
  elsewhere.close();
});
