import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from './src/story.ts';

const folder = mkdtempSync(join(tmpdir(), 'pug-e2e-tls-'));
const [cert, key] = [join(folder, 'relay.crt'), join(folder, 'relay.key')];

/** A new certificate in place of the one before. No authority has signed it: the browsers here are told to take it. */
function makeCertificate(): void {
  const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const who = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const { status, stderr } = spawnSync('openssl', [...kind, ...who, '-keyout', key, '-out', cert], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`openssl failed: ${stderr}`);
}

makeCertificate();
test.afterAll(() => rmSync(folder, { recursive: true }));
test.use({ flags: ['--tls-cert', cert, '--tls-key', key, '--redirect-listen', '127.0.0.1:0'] });

test("OP-4 OP-5 OP-6 over the relay's own TLS: a link in plain HTTP leads there, and a new certificate disturbs nobody", async ({
  relay,
  someone,
  watch,
}) => {
  const trusting = { ignoreHTTPSErrors: true };
  const ada = await someone(trusting);
  const fragment = await ada.opensRoom();
  expect(ada.page.url()).toMatch(/^https:/);
  const plain = `http://localhost:${/"redirectPort":(\d+)/.exec(relay.printed)?.[1]}`;
  watch.allow(plain);
  const ben = await someone(trusting);
  await ben.page.goto(`${plain}/r#${fragment}`);
  expect(new URL(ben.page.url()).origin).toBe(relay.origin);
  await ben.page.getByLabel('Your name in this room').fill('Ben');
  await ben.button('Join the room').click();
  await ada.sees('Ben joined');
  await ben.says('before');
  await ada.sees('before');
  makeCertificate();
  await relay.readCertificateAgain();
  await ada.says('after');
  await ben.sees('after');
  await expect(ben.page.getByText('Not sent yet')).toHaveCount(0);
  const carl = await someone(trusting);
  await carl.knocks(fragment, 'Carl');
  await carl.seesHeading('The room is full');
});
