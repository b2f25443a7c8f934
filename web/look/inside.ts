/** Screens of a room. */
import type { Page } from 'playwright';
import { Moves } from './moves.ts';
import type { Camera, Relay } from './stage.ts';

/** So much of a phone's height is left when its keyboard is open. */
const keyboardShare = 0.52;

/** Two people talk. */
export async function talk(camera: Camera): Promise<void> {
  const moves = new Moves(camera);
  const { words, button, close, composer, say } = moves;
  const owner = await camera.page();
  const link = await moves.open(owner, 3);
  await camera.shot(owner, '10-share');
  await button(owner, words.share.qrShow).click();
  await camera.shot(owner, '11-share-qr');
  await close(owner);
  await camera.shot(owner, '12-room-alone');

  const guest = await camera.link(link);
  await guest.getByLabel(words.invitation.name).waitFor();
  await camera.shot(guest, '13-invitation');
  await guest.getByLabel(words.invitation.name).fill('Quiet Heron');
  await button(guest, words.invitation.join).click();
  await composer(guest).waitFor();
  await camera.shot(guest, '14-room-joined');
  await button(owner, words.room.invite).click();
  await owner.locator('dialog').getByText(words.people.free(1)).waitFor();
  await camera.shot(owner, '14-share-joined');
  await close(owner);
  await say.call(moves, guest, 'Hello. I got your link.');
  await say.call(moves, owner, 'Good. Did anybody see the message it came in?');
  await say.call(moves, owner, 'If so, we open another room and I send the link some other way.');
  await say.call(
    moves,
    guest,
    'No, I was alone. The plan is at https://example.org/plan?day=3 (second page).\n\nThree things:\n1. bread\n2. butter\n3. 🍵',
  );
  await say.call(moves, guest, 'Run this:\n```\nsha256sum -c manifest.txt\n```\nand tell me what `FAILED` says.');
  await say.call(moves, owner, '👍');
  await camera.shot(owner, '15-room');
  await camera.shot(guest, '15-room-guest');
  await withKeyboard(camera, guest, composer(guest));
  await composing(moves, guest);
  await verify(moves, owner);
  await ownersPanels(moves, owner, link);
  await lostAndPurged(moves, owner, guest, link);
}

async function withKeyboard(camera: Camera, page: Page, composer: ReturnType<Page['getByLabel']>): Promise<void> {
  const size = page.viewportSize();
  if (size === null || size.width > 500) return;
  await composer.focus();
  await page.setViewportSize({ width: size.width, height: Math.round(size.height * keyboardShare) });
  await camera.shot(page, '16-keyboard');
  await page.setViewportSize(size);
}

async function composing({ camera, composer }: Moves, guest: Page): Promise<void> {
  await composer(guest).fill('A longer text\nover several\nlines, still being written '.repeat(3));
  await camera.shot(guest, '17-composer');
  await composer(guest).fill('x'.repeat(16_400));
  await camera.shot(guest, '18-composer-too-long');
  await composer(guest).fill('Are you still there?');
}

async function verify({ camera, words, button }: Moves, owner: Page): Promise<void> {
  await button(owner, words.room.verify).click();
  await owner.getByText(words.verify.symbols).click();
  await camera.shot(owner, '34-verify');
  await button(owner, words.verify.differ).click();
  await camera.shot(owner, '35-verify-differ');
  await button(owner, words.cancel).click();
  await button(owner, words.room.different).click();
  await button(owner, words.verify.match).click();
  await camera.shot(owner, '36-verified');
}

async function ownersPanels(moves: Moves, owner: Page, link: string): Promise<void> {
  const { camera, words, button, close, heading } = moves;
  await button(owner, words.room.menu).click();
  await owner.getByLabel(words.menu.lock).click();
  await owner.getByText(words.room.lockedMark).first().waitFor({ state: 'attached' });
  await camera.shot(owner, '20-menu');
  const keys = button(owner, words.keys.heading);
  if (await keys.isVisible()) {
    await keys.click();
    await camera.shot(owner, '21-keys');
  }
  await close(owner);
  await camera.shot(owner, '22-locked');
  const third = await moves.joinAs(link, 'Late Wombat');
  await heading(third, words.refused.locked.heading).waitFor();
  await camera.shot(third, '30-refused-locked');
  await third.close();
  const people = owner.getByRole('button', { name: words.room.peopleOf(2, 3) });
  if (await people.isVisible()) {
    await people.click();
    await camera.shot(owner, '23-people');
  }
  await button(owner, words.people.rename).click();
  await camera.shot(owner, '24-rename');
  await close(owner);
  await owner.getByRole('button', { name: words.sees.heading }).click();
  await camera.shot(owner, '25-sees-in-room');
  await close(owner);
}

async function lostAndPurged(moves: Moves, owner: Page, guest: Page, link: string): Promise<void> {
  const { camera, words, button, composer, inLog, heading } = moves;
  const missed = words.lines.gap(0, 120_000).split(/\d/)[0]?.trim() ?? '';
  camera.door.shut(true);
  await button(guest, words.banner.tryNow).waitFor();
  await button(guest, words.composer.send).click();
  await camera.shot(guest, '60-lost');
  camera.door.shut(false);
  await button(guest, words.banner.tryNow)
    .click({ timeout: 3_000 })
    .catch(() => {});
  await inLog(guest, missed).waitFor({ timeout: 40_000 });
  await camera.shot(guest, '61-back');
  await inLog(owner, missed).waitFor({ timeout: 40_000 });
  await moves.say(guest, 'That was short.');
  await inLog(owner, 'That was short.').waitFor();
  await camera.shot(owner, '61-back-owner');

  await button(owner, words.room.menu).click();
  await button(owner, words.menu.purge).click();
  await camera.shot(owner, '62-purge');
  await composer(guest).fill('Wait, one more thing');
  await button(owner, words.purge.confirm).click();
  await heading(guest, words.ended.purged.heading).waitFor();
  await camera.shot(guest, '63-ended-purged');
  await guest.close();
  const gone = await moves.joinAs(link, 'Late Wombat');
  await heading(gone, words.refused.not_found.heading).waitFor();
  await camera.shot(gone, '31-refused-not-found');
  await gone.close();
  await owner.close();
}

async function unable(moves: Moves, link: string): Promise<void> {
  const { camera, words, button, heading } = moves;
  const page = await camera.link(link);
  const join = button(page, words.invitation.join);
  await join.waitFor();
  await moves.break(page);
  await join.click();
  await heading(page, words.refused.unable.heading).waitFor();
  await camera.shot(page, '33-unable');
  await page.close();
}

export async function endings(camera: Camera): Promise<void> {
  const moves = new Moves(camera);
  const { words, button, inDialog, close, composer, heading } = moves;
  const owner = await camera.page();
  const link = await moves.open(owner, 2);
  await close(owner);
  const guest = await moves.joinAs(link, 'Quiet Heron');
  await composer(guest).waitFor();
  const third = await moves.joinAs(link, 'Late Wombat');
  await heading(third, words.refused.full.heading).waitFor();
  await camera.shot(third, '32-refused-full');
  await third.close();
  const people = owner.getByRole('button', { name: words.room.peopleOf(2, 2) });
  if (await people.isVisible()) await people.click();
  await owner.getByRole('button', { name: new RegExp(words.people.remove('Quiet Heron .{4}')) }).click();
  await camera.shot(owner, '64-remove');
  await inDialog(owner, words.remove.confirm).click();
  await heading(guest, words.ended.removed.heading).waitFor();
  await camera.shot(guest, '65-ended-removed');
  await guest.close();
  await button(owner, words.room.menu).click();
  await inDialog(owner, words.room.leave).click();
  await heading(owner, words.ended.left.heading).waitFor();
  await camera.shot(owner, '66-ended-left');
  await owner.close();
  await unable(moves, link);
  await unreachable(moves, link);
  await expired(moves);
}

async function unreachable({ camera, words, button, heading }: Moves, link: string): Promise<void> {
  const page = await camera.link(link);
  await button(page, words.invitation.join).waitFor();
  camera.door.shut(true);
  await button(page, words.invitation.join).click();
  await heading(page, words.joining.unreachable).waitFor();
  await camera.shot(page, '33-join-unreachable');
  camera.door.shut(false);
  await page.close();
}

async function expired(moves: Moves): Promise<void> {
  const { camera, words, close, heading } = moves;
  const page = await camera.page();
  await page.route('**/api/v1/policy', async (route) => {
    const text = await (await route.fetch()).text();
    await route.fulfill({ contentType: 'application/json', body: text.replace(/"default":3600/, '"default":12') });
  });
  await page.reload();
  await moves.open(page, 2, 12);
  await close(page);
  await heading(page, words.ended.expired.heading).waitFor();
  await camera.shot(page, '67-ended-expired');
  await page.close();
}

/** The relay says that it is about to stop. It does: the last story of a relay. */
export async function restarting(camera: Camera, relay: Relay): Promise<void> {
  const moves = new Moves(camera);
  const page = await camera.page();
  await moves.open(page, 2);
  await moves.close(page);
  relay.process.kill('SIGTERM');
  const banner = moves.words.banner.closing(0).split('0')[0] ?? '';
  await page.getByText(banner).waitFor();
  await camera.shot(page, '68-restarting');
  await page.close();
}
