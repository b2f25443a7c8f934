/** Names: which one is shown for somebody, and which one a person may choose. */
import { cleanName, isNameTooLong } from '@pug/core';
import { isReserved } from '../strings/reserved.ts';
import { words } from '../strings/words.ts';

/** The name that is shown for a member: a number for somebody of whom none is known, or who calls themself by a word of the page. */
export function nameOf(name: string | null, member: number): string {
  return name === null || isReserved(name) ? words.value.room.someone(member) : name;
}

/** What a name cannot be used for: it would be cut, or taken for a word of the page. */
export function faultOf(name: string): 'tooLong' | 'reserved' | null {
  if (isNameTooLong(name)) return 'tooLong';
  return isReserved(cleanName(name)) ? 'reserved' : null;
}
