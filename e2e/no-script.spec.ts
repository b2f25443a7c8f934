import { expect, test } from './src/story.ts';

test('CL-13 CL-2 without JavaScript a page says what is missing', async ({ someone, door }) => {
  const line = await door();
  const person = await someone({ door: line, javaScriptEnabled: false });
  await person.opensLink('A'.repeat(68));
  await person.seesHeading('JavaScript is off');
  // By the element, because a search by text passes over what stands in it.
  const todo = person.page.locator('noscript p', { hasText: 'Turn JavaScript on for this page' });
  await expect(todo).toBeVisible();
  expect(line.socketsAsked).toBe(0);
  expect(line.sent).not.toContain('/api/');
});
