/** Makes pictures of every screen against a real relay, for a person to look at, and lets axe judge each of them. */
import { type Browser, type BrowserContextOptions, chromium, firefox } from 'playwright';
import { ask, refuse } from '../../tools/usage.mjs';
import { de } from '../src/strings/de.ts';
import { en } from '../src/strings/en.ts';
import { mirrored } from '../src/strings/pseudo.ts';
import { endings, restarting, talk } from './inside.ts';
import { badLinks, cannotRun, opening, start } from './outside.ts';
import { Camera, openDoor, startRelay } from './stage.ts';

const sizes = {
  phone: { width: 360, height: 740 },
  narrow: { width: 320, height: 640 },
  desktop: { width: 1280, height: 800 },
  wide: { width: 1920, height: 1080 },
} as const;
const languages = { en, de, 'ar-XB': mirrored(en) } as const;
const kinds = ['chromium', 'firefox'] as const;
const themes = ['light', 'dark'] as const;

interface View {
  readonly kind: (typeof kinds)[number];
  readonly theme: (typeof themes)[number];
  readonly size: keyof typeof sizes;
  readonly language: keyof typeof languages;
}

function launch({ kind, theme, language }: View): Promise<Browser> {
  if (kind === 'chromium') return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  return firefox.launch({
    channel: 'moz-firefox',
    executablePath: '/usr/bin/firefox-esr',
    firefoxUserPrefs: { 'ui.systemUsesDarkTheme': theme === 'dark' ? 1 : 0, 'intl.accept_languages': language },
  });
}

async function lookAtAll(view: View, only: string | null): Promise<readonly string[]> {
  const { kind, theme, size, language } = view;
  const relay = await startRelay();
  const door = await openDoor(relay.port);
  const browser = await launch(view);
  const isTouch = (size === 'phone' || size === 'narrow') && kind === 'chromium';
  const options: BrowserContextOptions = {
    viewport: sizes[size],
    colorScheme: theme,
    locale: language,
    ...(isTouch && { hasTouch: true, isMobile: true }),
  };
  const name = `${size}-${theme}-${kind}${language === 'en' ? '' : `-${language}`}`;
  const camera = new Camera(name, await browser.newContext(options), door, languages[language], only);
  try {
    for (const part of [start, opening, talk, endings, badLinks]) await part(camera);
    await cannotRun(browser, camera, options);
    await restarting(camera, relay);
  } catch (error) {
    camera.problems.push(`${name} stopped: ${error instanceof Error ? error.message : error}`);
  } finally {
    await browser.close();
    door.stop();
    relay.process.kill('SIGKILL');
  }
  return camera.problems;
}

const usage = `npm run screens -- [chromium|firefox] [light|dark] [phone|narrow|desktop|wide] [en|de|ar-XB] [--only WORDS]
Makes pictures of every screen in web/screens, and lets axe judge each of them. Without a choice: English in every browser, theme and size, and the
other languages on a phone and a desktop.`;
const { names: asked, texts } = ask(usage, { texts: ['only'], names: true });
const only = texts.only ?? null;
const words: readonly string[] = [...kinds, ...themes, ...Object.keys(sizes), ...Object.keys(languages)];
const unknown = asked.filter((word) => !words.includes(word));
if (unknown.length > 0) refuse(usage, `there is no ${unknown.join(', ')}`);

function chosen<Name extends string>(all: readonly Name[]): readonly Name[] {
  const named = all.filter((name) => asked.includes(name));
  return named.length > 0 ? named : all;
}

/** Another language changes words and direction, not colours: one theme and two sizes show it. */
function isWorthIt({ theme, size, language }: View): boolean {
  if (language === 'en' || asked.includes(language)) return true;
  return theme === 'light' && (size === 'phone' || size === 'desktop');
}

const problems: string[] = [];
for (const kind of chosen(kinds))
  for (const language of chosen(Object.keys(languages) as (keyof typeof languages)[])) // The table has no keys but its own.
    for (const theme of chosen(themes))
      for (const size of chosen(Object.keys(sizes) as (keyof typeof sizes)[])) {
        const view = { kind, theme, size, language };
        if (isWorthIt(view)) problems.push(...(await lookAtAll(view, only)));
      }
for (const problem of problems) console.log(problem);
console.log(`${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
