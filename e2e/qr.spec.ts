import { decodeQR } from 'qr/decode.js';
import type { Person } from './src/person.ts';
import { expect, test } from './src/story.ts';

/** What a phone's camera reads off this person's screen. */
async function photographs({ page }: Person): Promise<string> {
  const photo = await page.getByRole('img', { name: 'QR code of the link' }).screenshot();
  const { width, height, data } = await page.evaluate(
    async (bytes) => {
      const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      if (canvas === null) throw new Error('this browser draws nothing');
      canvas.drawImage(bitmap, 0, 0);
      const { width, height, data } = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
      return { width, height, data: [...data] };
    },
    [...photo],
  );
  return decodeQR({ width, height, data: Uint8ClampedArray.from(data) });
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`LK-1 a camera reads the whole link off the screen of a phone, in the ${colorScheme} look`, async ({
    someone,
    browserName,
    watch,
  }) => {
    // There, whoever takes the picture tries to put a style of their own into the page.
    if (browserName === 'firefox') watch.forgive(/style-src-elem/);
    const owner = await someone({ colorScheme, viewport: { width: 360, height: 740 } });
    const fragment = await owner.opensRoom();
    await owner.button('Invite').click();
    await owner.button('Show as QR code').click();
    // The link is a secret: it is compared here, and not where a failure would print it.
    const isTheLink = (await photographs(owner)) === `${owner.origin}/r#${fragment}`;
    expect(isTheLink).toBe(true);
    await owner.button('Hide the QR code').click();
    await expect(owner.page.getByRole('img', { name: 'QR code of the link' })).toHaveCount(0);
  });
}
