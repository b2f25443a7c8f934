/** Links that arrive: judged here on the device, and nothing more until a person joins (CL-2). */
import { encodeLink, type LinkDamage, type ParsedLink, parseLink } from '@pug/core';
import { leaveLinkAddress, linkOf } from '../platform/fragment.ts';
import { dialog } from './dialog.ts';
import { enterRoom, isInRoom, leaveRoom, restoreAddressBar } from './membership.ts';
import { becomeNobody, becomeSomebody, chooseName, heldName } from './person.ts';
import { screen } from './screen.ts';
import { dropSecret, heldSecret, holdSecret } from './secret.ts';

/** Judges a link, pasted or opened as what follows the address of this page, and shows the invitation or what is wrong with it (LK-6). */
export async function judgeLink(text: string): Promise<void> {
  try {
    await judge(text);
  } catch {
    // The device's cryptography, or a fault of ours: nothing tells which, so the words say both.
    const link = text.startsWith('#') ? linkOf(text.slice(1)) : text;
    if (!isInRoom()) screen.value = { at: 'refused', refusal: { kind: 'unable', link } };
  }
}

async function judge(text: string): Promise<void> {
  const parsed = await parseLink(text);
  if (isInRoom()) return;
  if (parsed.kind === 'good') {
    const { link } = parsed;
    const [fragment, { name }] = await Promise.all([encodeLink(link), becomeSomebody()]);
    holdSecret({ link, fragment, ownerSeed: null });
    screen.value = { at: 'invitation', name };
    return;
  }
  screen.value = { at: 'refused', refusal: { kind: refusalKind(parsed) } };
}

function refusalKind(parsed: Exclude<ParsedLink, { kind: 'good' }>): 'no_key' | 'newer' | LinkDamage {
  if (parsed.kind === 'damaged') return parsed.why;
  return parsed.kind === 'newer' ? 'newer' : 'no_key';
}

/** A link that was opened in this tab while the page was already there. In a room it asks before it leaves. */
export async function meetLink(text: string): Promise<void> {
  if (!isInRoom()) return judgeLink(text);
  restoreAddressBar();
  const parsed = await parseLink(text);
  if (parsed.kind === 'good' && (await encodeLink(parsed.link)) === heldSecret()?.fragment) return;
  const look = () => {
    leaveRoom();
    void judgeLink(text);
  };
  dialog.value = { kind: 'other_link', look };
}

export function join(name: string): void {
  if (isInRoom()) return;
  chooseName(name);
  enterRoom(name);
}

/** Joins again with the same link and name, after the room was full or locked. What was not sent waits in the composer (CL-5). */
export function joinAgain(): void {
  const unsent = screen.value.at === 'ended' ? screen.value.unsent : [];
  enterRoom(heldName(), unsent.join('\n\n'));
}

export function goToStart(): void {
  leaveRoom();
  dropSecret();
  becomeNobody();
  leaveLinkAddress();
  screen.value = { at: 'start' };
}
