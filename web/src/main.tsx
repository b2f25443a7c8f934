/** Where the page begins. The fragment module comes first: nothing may run before it has taken the link out of the address bar (CL-1). */
import './platform/fragment.ts';
import { render } from 'preact';
import { watchDevice } from './platform/device.ts';
import { missingFeatures } from './platform/features.ts';
import { isLinkAddress, linkOf, onFragment, takeFragment } from './platform/fragment.ts';
import { watchKeys } from './platform/keys.ts';
import { afterFrame, markStarted, onFirstPaint, onPageEnd, root } from './platform/page.ts';
import { loadRatchet } from './platform/relay.ts';
import { judgeLink, meetLink } from './state/invitation.ts';
import { pageKeys } from './state/keys.ts';
import { speakAsDevice } from './state/language.ts';
import { isJoining, leaveRoom, offlineRoom, wakeRoom } from './state/membership.ts';
import { becomeNobody } from './state/person.ts';
import { getReady } from './state/readiness.ts';
import { noteDevice } from './state/room.ts';
import { screen } from './state/screen.ts';
import { dropSecret } from './state/secret.ts';
import { keepTitle } from './state/title.ts';
import { App } from './views/app.tsx';

// Kept: the page may have been emptied before it ends (CL-14).
const place = root();

async function start(): Promise<void> {
  const fragment = takeFragment();
  const [missing] = await Promise.all([missingFeatures(), speakAsDevice()]);
  if (missing.length > 0) {
    const link = fragment === '' ? null : linkOf(fragment.slice(1));
    screen.value = { at: 'cannot_run', missing, link };
  } else if (isLinkAddress) {
    await judgeLink(fragment);
  }
  render(<App />, place);
  // While people read. Whoever joins needs it, and hears of a failure then.
  afterFrame(() => void loadRatchet().catch(() => undefined));
}

function end(): void {
  leaveRoom();
  dropSecret();
  becomeNobody();
  render(null, place);
}

markStarted();
keepTitle();
watchDevice({ woke: wakeRoom, wentOffline: offlineRoom, changed: noteDevice });
watchKeys(pageKeys);
onFragment((fragment) => void meetLink(fragment));
onPageEnd(end);
onFirstPaint(() => getReady(isJoining));
void start();
