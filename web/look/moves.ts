/** What people do on a page, by the words of its language. */
import type { Page } from 'playwright';
import type { Camera } from './stage.ts';

export class Moves {
  readonly camera: Camera;

  constructor(camera: Camera) {
    this.camera = camera;
  }

  get words() {
    return this.camera.words;
  }

  button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

  /** The button whose word is the same as that of another in the header. */
  inDialog = (page: Page, name: string) => page.locator('dialog').getByRole('button', { name, exact: true });

  composer = (page: Page) => page.getByLabel(this.words.composer.label, { exact: true });

  inLog = (page: Page, text: string) => page.getByRole('region', { name: this.words.room.log }).getByText(text);

  heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true, level: 1 });

  async open(page: Page, people: number, ttlSeconds = 3600): Promise<string> {
    const { start, duration, share } = this.words;
    await page.getByLabel(duration(ttlSeconds), { exact: true }).check();
    await page.getByLabel(start.people).selectOption(String(people));
    await this.button(page, start.open).click();
    await page.getByRole('dialog').waitFor();
    return page.getByLabel(share.link).inputValue();
  }

  async joinAs(link: string, name: string): Promise<Page> {
    const page = await this.camera.link(link);
    await page.getByLabel(this.words.invitation.name).fill(name);
    await this.button(page, this.words.invitation.join).click();
    return page;
  }

  /** From now on this browser can make no keys. */
  break = (page: Page) =>
    page.evaluate(() => {
      SubtleCrypto.prototype.deriveBits = () => Promise.reject(new DOMException('no', 'OperationError'));
    });

  close = (page: Page) => this.button(page, this.words.close).click();

  async say(page: Page, text: string): Promise<void> {
    await this.composer(page).fill(text);
    await this.button(page, this.words.composer.send).click();
    await page.getByRole('img', { name: this.words.room.sent, exact: true }).last().waitFor();
  }
}
