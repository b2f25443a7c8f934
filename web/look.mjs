// Makes pictures of every screen against a real relay, for a person to look at, and lets axe judge each of them:
// node look.mjs [chromium|firefox] [light|dark] [phone|desktop|narrow] [--only words]. They land in screens/. Needs a built dist.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { chromium, firefox } from 'playwright';

const here = import.meta.dirname;
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const sizes = {
  phone: { width: 360, height: 740 },
  desktop: { width: 1280, height: 800 },
  narrow: { width: 320, height: 640 },
};

/** A relay of its own on a free port, and how to end it. */
async function startRelay() {
  const root = join(here, '..');
  const flags = ['--port', '0', '--host', '127.0.0.1', '--ttl-seconds-min', '2', '--pending-room-seconds', '1'];
  const child = spawn(process.execPath, ['tools/bun.mjs', 'relay/src/main.ts', ...flags], { cwd: root });
  const port = await new Promise((resolve, reject) => {
    child.on('exit', () => reject(new Error('the relay did not start')));
    child.stdout.on('data', (data) => {
      const found = /:(\d+)\s*$/.exec(String(data));
      if (found) resolve(Number(found[1]));
    });
  });
  return { port, stop: () => child.kill('SIGKILL') };
}

/** A door before the relay that can be shut: connections are cut and new ones refused. */
async function openDoor(port) {
  const open = new Set();
  let isShut = false;
  const server = createServer((outer) => {
    if (isShut) return outer.destroy();
    const inner = connect(port, '127.0.0.1');
    for (const socket of [outer, inner]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => open.delete(socket));
    }
    outer.pipe(inner).pipe(outer);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const shut = (now) => {
    isShut = now;
    if (now) for (const socket of open) socket.destroy();
  };
  const stop = () => {
    shut(true);
    server.close();
  };
  return { origin: `http://localhost:${server.address().port}`, shut, stop };
}

/** Makes the relay's puzzle as hard as `effort` iterations. Its token is then forged: for looking only. */
async function harden(page, effort) {
  await page.route('**/api/v1/challenge', async (route) => {
    const challenge = JSON.parse(await (await route.fetch()).text());
    const token = Buffer.from(challenge.token, 'base64url');
    const target = Math.floor((challenge.k * 2 ** 32 * 1024) / effort) - 1;
    token.writeUInt32BE(target, 4);
    const body = {
      ...challenge,
      token: token.toString('base64url'),
      target,
      effort: Math.floor((challenge.k * 2 ** 32) / (target + 1)) * 1024,
    };
    await route.fulfill({ contentType: 'application/json', body: JSON.stringify(body) });
  });
}

class Look {
  constructor(name, context, origin, door, wanted) {
    Object.assign(this, { name, context, origin, door, wanted, problems: [], isShooting: false });
    mkdirSync(join(here, 'screens'), { recursive: true });
  }

  async page(path = '/') {
    const page = await this.context.newPage();
    const note = (text) => {
      const isLostConnection = /WebSocket|ws:|Failed to load resource|net::|NS_ERROR|NetworkError/i.test(text);
      // Playwright writes a style element of its own into the page for each picture in Firefox.
      const isPicture = this.isShooting && text.includes('style-src-elem');
      if (!isLostConnection && !isPicture) this.problems.push(`${this.name} ${text}`);
    };
    page.on('console', (message) => message.type() === 'error' && note(message.text()));
    page.on('pageerror', (error) => note(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(this.origin)) this.problems.push(`${this.name} off origin: ${request.url()}`);
    });
    await page.goto(`${this.origin}${path}`);
    return page;
  }

  async shot(page, screen) {
    if (this.wanted && !screen.includes(this.wanted)) return;
    await page.waitForTimeout(400);
    // Half-faded pictures have no contrast: whatever moves is waited for.
    await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {}))));
    this.isShooting = true;
    await page.screenshot({ path: join(here, 'screens', `${screen}-${this.name}.png`) });
    this.isShooting = false;
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (isWide) this.problems.push(`${this.name} ${screen}: wider than the window`);
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
    for (const { id, nodes } of violations) {
      this.problems.push(`${this.name} ${screen} axe ${id}: ${nodes.map(({ target }) => target).join(' | ')}`);
    }
  }
}

const inLog = (page, text) => page.getByRole('region', { name: 'Messages' }).getByText(text);
const button = (page, name) => page.getByRole('button', { name, exact: true });

async function openRoom(page, people, ttl = '1 hour') {
  await page.getByLabel(ttl).check();
  await page.getByLabel('People at most').selectOption(String(people));
  await button(page, 'Open the room').click();
  await page.getByRole('dialog').waitFor();
  return page.getByLabel('Link of this room').inputValue();
}

async function joinAs(look, link, name) {
  const page = await look.page(new URL(link).pathname + new URL(link).hash);
  await page.getByLabel('Your name in this room').fill(name);
  await button(page, 'Join the room').click();
  return page;
}

async function say(page, text) {
  await page.getByLabel('Message', { exact: true }).fill(text);
  await button(page, 'Send').click();
  await page.getByRole('img', { name: 'Sent' }).last().waitFor();
}

async function beforeARoom(look) {
  const page = await look.page();
  await page.getByLabel('1 hour').waitFor();
  await look.shot(page, '01-start');
  await page.getByText('What can this server see?').click();
  await page.mouse.wheel(0, 2000);
  await look.shot(page, '02-start-sees');
  await page.close();

  const slow = await look.page();
  await harden(slow, 2 ** 24);
  await button(slow, 'Open the room').click();
  await slow.addLocatorHandler(button(slow, 'Solve it'), (solve) => solve.click(), { times: 1 });
  await slow.getByText(/[2-7] of 8 parts/).waitFor({ timeout: 60_000 });
  await look.shot(slow, '03-preparing');
  await button(slow, 'Cancel').click();
  await slow.removeLocatorHandler(button(slow, 'Solve it'));
  await slow.unroute('**/api/v1/challenge');
  await harden(slow, 2 ** 26.9);
  await button(slow, 'Open the room').click();
  await button(slow, 'Solve it').waitFor();
  await look.shot(slow, '04-preparing-asks');
  await slow.close();

  const shut = await look.page();
  await shut.getByLabel('1 hour').waitFor();
  look.door.shut(true);
  await button(shut, 'Open the room').click();
  await shut.getByRole('heading', { name: 'The server does not answer' }).waitFor({ timeout: 60_000 });
  await look.shot(shut, '05-create-unreachable');
  await button(shut, 'Cancel').click();
  look.door.shut(false);
  await shut.close();
}

/** Two people talk; the rest of the story is in `lockedRoom` and `lostAndPurged`. */
async function inARoom(look) {
  const owner = await look.page();
  const link = await openRoom(owner, 3);
  await look.shot(owner, '10-share');
  await button(owner, 'Show as QR code').click();
  await look.shot(owner, '11-share-qr');
  await button(owner, 'Close').click();
  await look.shot(owner, '12-room-alone');

  const guest = await look.page(new URL(link).pathname + new URL(link).hash);
  await look.shot(guest, '13-invitation');
  await guest.getByLabel('Your name in this room').fill('Quiet Heron');
  await button(guest, 'Join the room').click();
  await guest.getByLabel('Message', { exact: true }).waitFor();
  await look.shot(guest, '14-room-joined');
  await say(guest, 'Hello. I got your link.');
  await say(owner, 'Good. Did anybody see the message it came in?');
  await say(owner, 'If so, we open another room and I send the link some other way.');
  await say(
    guest,
    'No, I was alone. The plan is at https://example.org/plan?day=3 (second page).\n\nThree things:\n1. bread\n2. butter\n3. 🍵',
  );
  await say(owner, '👍');
  await look.shot(owner, '15-room');
  await look.shot(guest, '15-room-guest');
  await compared(look, owner);
  await guest
    .getByLabel('Message', { exact: true })
    .fill('A longer text\nover several\nlines, still being written '.repeat(3));
  await look.shot(guest, '16-composer');
  await guest.getByLabel('Message', { exact: true }).fill('x'.repeat(16_400));
  await look.shot(guest, '17-composer-too-long');
  await guest.getByLabel('Message', { exact: true }).fill('Are you still there?');

  await lockedRoom(look, owner, link);
  await lostAndPurged(look, owner, guest, link);
}

async function compared(look, owner) {
  await button(owner, 'Verify').click();
  await owner.getByText('Show as symbols').click();
  await look.shot(owner, '34-verify');
  await button(owner, 'They match').click();
  await look.shot(owner, '35-verified');
}

async function lockedRoom(look, owner, link) {
  await button(owner, 'Menu').click();
  await owner.getByLabel('Lock the room').check();
  await look.shot(owner, '18-menu');
  await button(owner, 'Close').click();
  await look.shot(owner, '19-locked');
  const third = await joinAs(look, link, 'Late Wombat');
  await third.getByRole('heading', { name: 'The room is locked' }).waitFor();
  await look.shot(third, '30-refused-locked');
  await third.close();
  if (await owner.getByRole('button', { name: /2 people/ }).isVisible()) {
    await owner.getByRole('button', { name: /2 people/ }).click();
    await look.shot(owner, '20-people');
  }
  await button(owner, 'Change your name').click();
  await look.shot(owner, '21-rename');
  await button(owner, 'Close').click();
}

async function lostAndPurged(look, owner, guest, link) {
  look.door.shut(true);
  await guest.getByText(/Trying again|Trying now/).waitFor();
  await button(guest, 'Send').click();
  await look.shot(guest, '22-lost');
  look.door.shut(false);
  await button(guest, 'Try now')
    .click({ timeout: 3_000 })
    .catch(() => {});
  await inLog(guest, 'You may have missed messages').waitFor({ timeout: 40_000 });
  await look.shot(guest, '23-back');
  await inLog(owner, 'You may have missed messages').waitFor({ timeout: 40_000 });
  await say(guest, 'That was short.');
  await inLog(owner, 'That was short.').waitFor();
  await look.shot(owner, '23-back-owner');

  await button(owner, 'Menu').click();
  await button(owner, 'Purge the room …').click();
  await look.shot(owner, '24-purge');
  await guest.getByLabel('Message', { exact: true }).fill('Wait, one more thing');
  await button(owner, 'Purge for everybody').click();
  await guest.getByRole('heading', { name: 'The room was purged' }).waitFor();
  await look.shot(guest, '25-ended-purged');
  await guest.close();
  const gone = await joinAs(look, link, 'Late Wombat');
  await gone.getByRole('heading', { name: 'There is no such room' }).waitFor();
  await look.shot(gone, '31-refused-not-found');
  await gone.close();
  await owner.close();
}

async function threeEndings(look) {
  const owner = await look.page();
  const link = await openRoom(owner, 2);
  await button(owner, 'Close').click();
  const guest = await joinAs(look, link, 'Quiet Heron');
  await guest.getByLabel('Message', { exact: true }).waitFor();
  const third = await joinAs(look, link, 'Late Wombat');
  await third.getByRole('heading', { name: 'The room is full' }).waitFor();
  await look.shot(third, '32-refused-full');
  await third.close();
  const narrow = owner.getByRole('button', { name: /2 people/ });
  if (await narrow.isVisible()) await narrow.click();
  await button(owner, 'Remove Quiet Heron').click();
  await look.shot(owner, '26-remove');
  await button(owner, 'Remove').click();
  await guest.getByRole('heading', { name: 'You were removed' }).waitFor();
  await look.shot(guest, '27-ended-removed');
  await guest.close();
  await button(owner, 'Leave').click();
  await owner.getByRole('heading', { name: 'You left the room' }).waitFor();
  await look.shot(owner, '28-ended-left');
  await owner.close();

  const unreachable = await look.page(new URL(link).pathname + new URL(link).hash);
  look.door.shut(true);
  await button(unreachable, 'Join the room').click();
  await unreachable.getByRole('heading', { name: 'The server does not answer' }).waitFor();
  await look.shot(unreachable, '33-join-unreachable');
  look.door.shut(false);
  await unreachable.close();

  const short = await look.page();
  await short.route('**/api/v1/policy', async (route) => {
    const text = await (await route.fetch()).text();
    await route.fulfill({ contentType: 'application/json', body: text.replace(/"default":3600/, '"default":4') });
  });
  await short.reload();
  await openRoom(short, 2, '4 seconds');
  await button(short, 'Close').click();
  await short.getByRole('heading', { name: 'time is up' }).waitFor();
  await look.shot(short, '29-ended-expired');
  await short.close();
}

async function badLinks(look) {
  const good = Buffer.alloc(51, 7);
  good[0] = 1;
  const broken = good.toString('base64url');
  const links = {
    '40-no-key': '/r',
    '41-alphabet': `/r#${broken.slice(0, 20)}%25${broken.slice(20)}`,
    '42-length': `/r#${broken.slice(0, 40)}`,
    '43-check': `/r#${broken}`,
    '44-version': `/r#__${broken.slice(2)}`,
    '45-newer': `/r#Ag${broken.slice(2)}`,
  };
  for (const [name, path] of Object.entries(links)) {
    const page = await look.page(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await look.shot(page, name);
    await page.close();
  }
}

async function cannotRun(browser, look, options) {
  const context = await browser.newContext(options);
  await context.addInitScript(() => {
    const importKey = SubtleCrypto.prototype.importKey;
    SubtleCrypto.prototype.importKey = function (...args) {
      return args[2] === 'Ed25519' ? Promise.reject(new DOMException('no')) : importKey.apply(this, args);
    };
  });
  const missing = new Look(look.name, context, look.origin, look.door, look.wanted);
  await missing.shot(await missing.page(`/r#${'A'.repeat(68)}`), '50-cannot-run');
  await context.close();

  const old = await browser.newContext(options);
  await old.route('**/assets/*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: 'const = 1' }));
  const tooOld = new Look(look.name, old, look.origin, look.door, look.wanted);
  await tooOld.shot(await tooOld.page('/'), '51-too-old');
  await old.close();

  if (browser.browserType().name() !== 'chromium') return;
  const bare = await browser.newContext({ ...options, javaScriptEnabled: false });
  const page = await bare.newPage();
  await page.goto(look.origin);
  await page.screenshot({ path: join(here, 'screens', `52-no-script-${look.name}.png`) });
  await bare.close();
}

async function lookAtAll(kind, theme, size, wanted) {
  const relay = await startRelay();
  const door = await openDoor(relay.port);
  const browser =
    kind === 'chromium'
      ? await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
      : await firefox.launch({
          channel: 'moz-firefox',
          executablePath: '/usr/bin/firefox-esr',
          firefoxUserPrefs: { 'ui.systemUsesDarkTheme': theme === 'dark' ? 1 : 0 },
        });
  const isTouch = size !== 'desktop' && kind === 'chromium';
  const options = { viewport: sizes[size], colorScheme: theme, ...(isTouch ? { hasTouch: true, isMobile: true } : {}) };
  try {
    const look = new Look(`${size}-${theme}-${kind}`, await browser.newContext(options), door.origin, door, wanted);
    for (const part of [beforeARoom, inARoom, threeEndings, badLinks]) await part(look);
    await cannotRun(browser, look, options);
    return look.problems;
  } finally {
    await browser.close();
    door.stop();
    relay.stop();
  }
}

const words = process.argv.slice(2);
const only = words.includes('--only') ? words[words.indexOf('--only') + 1] : null;
const chosen = (all) => (all.some((word) => words.includes(word)) ? all.filter((word) => words.includes(word)) : all);
const problems = [];
for (const kind of chosen(['chromium', 'firefox'])) {
  for (const theme of chosen(['light', 'dark'])) {
    for (const size of chosen(Object.keys(sizes))) problems.push(...(await lookAtAll(kind, theme, size, only)));
  }
}
for (const problem of problems) console.log(problem);
console.log(`${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
