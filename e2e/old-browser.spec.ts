import { expect, test } from './src/story.ts';

const fragment = 'A'.repeat(68);

test('CL-13 CL-2 a browser without Ed25519 is told so, and keeps the link for another', async ({ someone, door }) => {
  const line = await door();
  const person = await someone({
    door: line,
    before: () => {
      // The empty page that comes first is no secure context and has no Web Crypto to take from.
      if (!isSecureContext) return;
      const { importKey } = SubtleCrypto.prototype;
      SubtleCrypto.prototype.importKey = function (this: SubtleCrypto, ...args: unknown[]) {
        const isEd25519 = JSON.stringify(args[2]).includes('Ed25519');
        if (isEd25519) return Promise.reject(new DOMException('unknown algorithm', 'NotSupportedError'));
        return Reflect.apply(importKey, this, args);
      } as typeof importKey;
    },
  });
  await person.opensLink(fragment);
  await person.seesHeading('This browser cannot run it');
  await expect(person.page.getByRole('listitem')).toHaveText(['Ed25519 signatures']);
  await expect(person.page.getByLabel('Your link, to open it there')).toHaveValue(`${person.origin}/r#${fragment}`);
  expect(line.socketsAsked).toBe(0);
  expect(line.sent).not.toContain('/api/');
});

test('CL-13 a browser without Web Crypto or WebSocket is told each of them', async ({ someone }) => {
  const person = await someone({
    before: () => {
      Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });
      Reflect.deleteProperty(globalThis, 'WebSocket');
    },
  });
  await person.page.goto(person.origin);
  await person.seesHeading('This browser cannot run it');
  await expect(person.page.getByRole('listitem')).toHaveText([
    'Ed25519 signatures',
    'PBKDF2',
    'HKDF',
    'AES-GCM encryption',
    'WebSocket connections',
  ]);
});

test('CL-13 where the module does not run at all a page says so', async ({ someone, watch }) => {
  const person = await someone();
  watch.forgive(/Failed to load|blocked|integrity/i);
  // What a browser does that cannot read the script: nothing.
  await person.page.route(/\/assets\/.*\.js$/, (route) => route.abort());
  await person.page.goto(person.origin);
  await person.seesHeading('This page could not start');
});
