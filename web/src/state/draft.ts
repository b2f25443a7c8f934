/** How much of the longest text a draft takes, told before the limit bites. */
import { cleanText, utf8Bytes } from '@pug/core';

export type DraftSize =
  | { readonly kind: 'nothing' | 'fits' }
  /** Near the limit: it is shown from here on. */
  | { readonly kind: 'near'; readonly bytes: number }
  | { readonly kind: 'over'; readonly overBytes: number };

const nearShare = 0.8;
/** What is so much longer than the limit is too long, however it is cleaned; a whole book may have been pasted. */
const hopelessTimes = 4;

/** Measures what would be sent of `draft` (CR-7), where the longest text has `maxBytes` bytes of UTF-8. */
export function sizeOf(draft: string, maxBytes: number): DraftSize {
  const typedBytes = utf8Bytes(draft);
  const text = typedBytes > hopelessTimes * maxBytes ? draft : cleanText(draft);
  if (text.trim() === '') return { kind: 'nothing' };
  const bytes = text === draft ? typedBytes : utf8Bytes(text);
  if (bytes > maxBytes) return { kind: 'over', overBytes: bytes - maxBytes };
  return bytes > maxBytes * nearShare ? { kind: 'near', bytes } : { kind: 'fits' };
}
