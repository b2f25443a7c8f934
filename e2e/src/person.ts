/** Somebody with a browser, who sees what people see: roles, names and words. */
import { type BrowserContext, expect, type Locator, type Page } from '@playwright/test';

export interface RoomWish {
  readonly people?: number;
  /** As the choice is called on the page, such as `10 minutes`. */
  readonly closesAfter?: string;
}

export class Person {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Where this person reaches the relay. */
  readonly origin: string;

  constructor(page: Page, origin: string) {
    this.page = page;
    this.context = page.context();
    this.origin = origin;
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: 'Message', exact: true });
  }

  get log(): Locator {
    return this.page.getByRole('region', { name: 'Messages' });
  }

  /** Opens a room from the start page and closes the share panel. @returns the link's fragment, without `#` */
  async opensRoom({ people = 2, closesAfter }: RoomWish = {}): Promise<string> {
    await this.page.goto(this.origin);
    if (closesAfter !== undefined) await this.page.getByLabel(closesAfter, { exact: true }).check();
    await this.page.getByLabel('People at most').selectOption(String(people));
    await this.button('Open the room').click();
    const fragment = await this.getsTheLink();
    await this.button('Close').click();
    await expect(this.composer).toBeVisible();
    return fragment;
  }

  /** After "Open the room". @returns the link's fragment, without `#` */
  async getsTheLink(): Promise<string> {
    const field = this.page.getByLabel('Link of this room');
    // A device that is busy at that moment may be taken for a slow one. People then let it solve the puzzle.
    const solve = this.button('Solve it');
    await solve.or(field).waitFor({ timeout: 90_000 });
    if (await solve.isVisible()) await solve.press('Enter');
    const link = await field.inputValue({ timeout: 90_000 });
    return link.slice(link.indexOf('#') + 1);
  }

  /** Opens a link, however it looks. */
  async opensLink(fragment: string): Promise<void> {
    await this.page.goto(`${this.origin}/r${fragment === '' ? '' : `#${fragment}`}`);
  }

  /** Opens a link and presses Join; what comes of it is for the story to see. */
  async knocks(fragment: string, name: string): Promise<void> {
    await this.opensLink(fragment);
    await this.page.getByLabel('Your name in this room').fill(name);
    await this.button('Join the room').click();
  }

  async joins(fragment: string, name: string): Promise<void> {
    await this.knocks(fragment, name);
    await this.isInside();
  }

  async isInside(): Promise<void> {
    await expect(this.composer).toBeVisible();
  }

  /** Writes and sends, and waits for the word that it was sent. */
  async says(text: string): Promise<void> {
    await this.writes(text);
    await expect(this.line(text).getByRole('img', { name: 'Sent' })).toBeVisible();
  }

  /** Writes and presses Send. */
  async writes(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.button('Send').click();
  }

  /** The line of the log that holds this text, as it is read over the tags behind names. */
  line(text: string): Locator {
    const words = text.split(/\s+/).map((word) => word.replace(/[^\p{L}\p{N}]/gu, '\\$&'));
    return this.log
      .getByRole('listitem')
      .filter({ hasText: new RegExp(words.join('\\s+(?:[0-9A-HJKMNP-TV-Z]{4}\\s+)?')) });
  }

  /** Sees this text, once. */
  async sees(text: string): Promise<void> {
    await expect(this.line(text)).toHaveCount(1);
  }

  async seesHeading(name: string | RegExp): Promise<void> {
    await expect(this.page.getByRole('heading', { name, level: 1 })).toBeVisible();
  }

  /** Opens the safety code, reads its words and closes it. */
  async safetyWords(): Promise<string[]> {
    await this.button(/^Verif(y|ied)$/).click();
    const shown = this.page.getByRole('list', { name: 'Safety code' }).getByRole('listitem');
    await expect(shown).toHaveCount(8);
    const words = await shown.allInnerTexts();
    await this.button('Close').click();
    return words;
  }

  /** Says that the safety code is the same as everybody else's. */
  async saysItMatches(): Promise<void> {
    await this.button('Verify').click();
    await this.button('They match').click();
    await expect(this.button('Verified')).toBeVisible();
  }

  /** In the menu. The switch shows what the relay has done, so it changes a moment after the click. */
  async locks(locked: boolean): Promise<void> {
    const lock = this.page.getByLabel('Lock the room');
    await lock.click();
    await expect(lock).toBeChecked({ checked: locked });
  }

  async menu(): Promise<void> {
    await this.button('Menu').click();
  }
}
