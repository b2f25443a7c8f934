/** Vectors of the link (LK-1, LK-2, LK-6, LK-7). */
import { ascii, b64u, concat, fixed, hex, sha256, type Vector } from './vector.ts';

export const roomSecret = fixed('room secret', 16);
export const linkKey = fixed('link key', 32);

/** A fragment with a check that fits, whatever its first bytes say. */
function fragmentOf(...head: readonly Uint8Array[]): string {
  return b64u(concat(...head, sha256(ascii('pug/1 link'), ...head).subarray(0, 2)));
}

export const fragment = fragmentOf(Uint8Array.of(1), roomSecret, linkKey);
const address = `https://chat.example/r#${fragment}`;
const edges = [new Uint8Array(16), new Uint8Array(32)] as const;

function good(name: string, comment: string, input: string, rule: string): Vector {
  const data = { input, roomSecret: hex(roomSecret), linkKey: hex(linkKey), fragment };
  return { path: `link/${name}`, rule, expect: 'accept', comment, data };
}

function bad(name: string, error: string, comment: string, input: string): Vector {
  return { path: `link/${name}`, rule: 'LK-6', expect: 'refuse', error, comment, data: { input } };
}

export const linkVectors: readonly Vector[] = [
  { ...good('good', 'a link as it is made', address, 'LK-1'), rule: ['LK-1', 'LK-2'] },
  {
    path: 'link/good-zeros',
    rule: ['LK-1', 'LK-2'],
    expect: 'accept',
    comment: 'secrets of zero bytes are as good as any',
    data: {
      input: `https://chat.example/r#${fragmentOf(Uint8Array.of(1), ...edges)}`,
      roomSecret: hex(edges[0]),
      linkKey: hex(edges[1]),
      fragment: fragmentOf(Uint8Array.of(1), ...edges),
    },
  },
  good('bare-fragment', 'only the characters after #', fragment, 'LK-7'),
  good('hash-and-fragment', 'the # and what follows', `#${fragment}`, 'LK-7'),
  good('words-before', 'a sentence before the address', `Come and talk: ${address}`, 'LK-7'),
  good('white-space-around', 'spaces, tabs and line ends around', ` \t\r\n${address}\n `, 'LK-7'),
  good('no-break-space-around', 'wide and no-break spaces, a byte order mark', `\uFEFF\u00A0${address}\u3000`, 'LK-7'),
  good('full-stop', 'a full stop after the address', `${address}.`, 'LK-7'),
  good('bracket-and-words', 'a bracket and words after the address', `${address}) at nine`, 'LK-7'),
  good('quotation-mark', 'a quotation mark after the address', `${address}"`, 'LK-7'),
  good('campaign-parameter', 'a tracking parameter added', `${address}?utm_source=x&utm_medium=y`, 'LK-7'),
  good('parameter-with-ampersand', 'a tracking parameter added with &', `${address}&fbclid=abc123`, 'LK-7'),
  good('second-fragment', 'a second # with text', `${address}#top`, 'LK-7'),
  good('zero-width-space', 'an invisible character after the address', `${address}\u200B`, 'LK-7'),
  bad('missing-empty', 'missing', 'nothing', ''),
  bad('missing-white-space', 'missing', 'only white space', ' \n'),
  bad('missing-lone-hash', 'missing', 'nothing after #', '#'),
  bad('missing-in-address', 'missing', 'an address that ends in #', 'https://chat.example/r#'),
  bad('missing-without-hash', 'missing', 'an address without #', 'https://chat.example/r'),
  bad(
    'newer-version-2',
    'newer',
    'a link of the next version, of another length',
    fragmentOf(Uint8Array.of(2), linkKey),
  ),
  bad(
    'newer-version-16',
    'newer',
    'the last version that counts as newer',
    fragmentOf(Uint8Array.of(16), roomSecret, linkKey),
  ),
  bad('version-0', 'damaged: version', 'there is no version 0', fragmentOf(Uint8Array.of(0), roomSecret, linkKey)),
  bad(
    'version-17',
    'damaged: version',
    'beyond what counts as newer',
    fragmentOf(Uint8Array.of(17), roomSecret, linkKey),
  ),
  bad('standard-base64', 'damaged: alphabet', '+ instead of -', `${fragment.slice(0, 40)}+${fragment.slice(41)}`),
  bad('space-inside', 'damaged: alphabet', 'a space inside', `${fragment.slice(0, 40)} ${fragment.slice(40)}`),
  bad(
    'line-break-inside',
    'damaged: alphabet',
    'a line break inside',
    `${fragment.slice(0, 40)}\n${fragment.slice(40)}`,
  ),
  bad('escaped-hash', 'missing', 'an escaped # is no #: see LK-8', `https://chat.example/r%23${fragment}`),
  bad('impossible-length', 'damaged: alphabet', '65 characters are no base64url', fragment.slice(0, 65)),
  bad(
    'trailing-bits',
    'damaged: alphabet',
    '66 characters, the unused bits of the last not zero',
    `${fragment.slice(0, 65)}_`,
  ),
  bad('one-character-more', 'damaged: alphabet', '69 characters are no base64url', `${fragment}A`),
  bad('cut-off', 'damaged: length', '64 characters', fragment.slice(0, 64)),
  bad('too-long', 'damaged: length', '72 characters', `${fragment}AAAA`),
  bad('written-twice', 'damaged: length', 'the fragment twice', fragment + fragment),
  bad('changed-character', 'damaged: check', 'one character of the link key is another', changedAt(50)),
  bad('changed-check', 'damaged: check', 'the last character is another', changedAt(67)),
  bad('lower-case', 'damaged: version', 'letters in lower case', fragment.toLowerCase()),
];

function changedAt(at: number): string {
  const other = fragment[at] === 'A' ? 'B' : 'A';
  return fragment.slice(0, at) + other + fragment.slice(at + 1);
}
