import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Starts what `npm run dev` starts, on any free port. @returns the address of the fake people */
async function startDev(): Promise<{ child: ChildProcess; address: string }> {
  const child = spawn(process.execPath, ['web/dev/serve.mjs'], { cwd: root, env: { ...process.env, PORT: '0' } });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (printed += text));
  const addressOf = () => /fake people:\s+(\S+)/.exec(printed)?.[1];
  await expect.poll(addressOf, { message: 'the development server says where it is' }).toBeDefined();
  return { child, address: addressOf() ?? '' };
}

// The watch over every page does not watch here: a development server loads what no policy of ours lets in.
test('CL-13 for design work a room fills with people who talk', async ({ page }) => {
  test.slow();
  const { child, address } = await startDev();
  try {
    await page.goto(address);
    await page.getByRole('button', { name: 'A busy room of 6' }).click();
    const room = page.frameLocator('#room');
    await room.getByRole('button', { name: 'Join the room' }).click({ timeout: 60_000 });
    await expect(room.getByRole('textbox', { name: 'Message', exact: true })).toBeVisible();
    const log = room.getByRole('region', { name: 'Messages' });
    const others = log.getByRole('listitem').filter({ hasText: /Olive Heron|Ben|ليلى|דוד|Wombat/ });
    await expect.poll(() => others.count()).toBeGreaterThan(3);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});
