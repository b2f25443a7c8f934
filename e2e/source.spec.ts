import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from './src/story.ts';

test('whoever uses this page is offered its source, and fetches it without leaving the room', async ({ someone }) => {
  const ada = await someone();
  const asked: string[] = [];
  ada.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await ada.opensRoom();
  await ada.button('Menu').click();
  await ada.button('What can this server see?').click();
  await ada.button('How to check this page').click();
  const link = ada.page.getByRole('link', { name: /^Source \(\d\.\d.MB\)$/ });
  await expect(link).toBeVisible();
  expect(asked).not.toContain('/source.tar.gz');

  const fetched = ada.page.waitForEvent('download');
  await link.click();
  const download = await fetched;
  expect(download.suggestedFilename()).toMatch(/^pug-network-\d+\.\d+\.\d+\.tar\.gz$/);
  const bytes = readFileSync(await download.path());
  const hash = createHash('sha256').update(bytes).digest('hex');
  const manifest = await (await ada.page.request.get(`${ada.origin}/manifest.txt`)).text();
  expect(manifest).toContain(`${hash}  source.tar.gz\n`);
  const [megabytes] = /[\d.]+/.exec((await link.textContent()) ?? '') ?? [];
  expect(Math.abs(Number(megabytes) * 1e6 - bytes.length)).toBeLessThanOrEqual(50_000);

  await ada.button('Close').click();
  await ada.writes('still in the room');
  await expect(ada.line('still in the room')).toContainText('Nobody else was here to read it');
});
