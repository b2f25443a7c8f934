/** The memory of another process (Linux): every page that it holds, searched for byte strings. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const pageBytes = 4096;
/** Read in pieces that overlap, so that nothing hides on a border. */
const pieceBytes = 4 * 2 ** 20;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The readable ranges that have pages of their own: what is only reserved is not read. */
function ranges(pid: number): Range[] {
  const list: Range[] = [];
  for (const block of readFileSync(`/proc/${pid}/smaps`, 'utf8').split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/)) {
    const [, from, to, mode, name] = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)/.exec(block) ?? [];
    const residentKib = Number(/^Rss:\s+(\d+)/m.exec(block)?.[1] ?? 0);
    const isReadable = mode?.startsWith('r') && name !== '[vvar]' && name !== '[vvar_vclock]' && name !== '[vsyscall]';
    if (!isReadable || residentKib === 0 || from === undefined || to === undefined) continue;
    list.push({ from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) });
  }
  return list;
}

/** The parts of `range` that are in memory or swapped out (Documentation/admin-guide/mm/pagemap). */
function held(pagemap: number, { from, to }: Range): Range[] {
  const list: Range[] = [];
  const entries = Buffer.alloc(((to - from) / pageBytes) * 8);
  readSync(pagemap, entries, 0, entries.length, (from / pageBytes) * 8);
  let start = -1;
  for (let page = 0; page <= entries.length / 8; page++) {
    // Bit 63: present; bit 62: swapped.
    const isHeld = page < entries.length / 8 && ((entries[page * 8 + 7] ?? 0) & 0xc0) !== 0;
    if (isHeld && start < 0) start = page;
    if (isHeld || start < 0) continue;
    list.push({ from: from + start * pageBytes, to: from + page * pageBytes });
    start = -1;
  }
  return list;
}

/** How often `needle` stands in `bytes`. */
export function countIn(bytes: Buffer, needle: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) count++;
  return count;
}

/** How often each of `needles` stands in the memory of process `pid`. Needs the rights of its parent or root. */
export function readMemory(pid: number, needles: readonly Buffer[]): number[] {
  const counts = needles.map(() => 0);
  const [memory, pagemap] = [openSync(`/proc/${pid}/mem`, 'r'), openSync(`/proc/${pid}/pagemap`, 'r')];
  try {
    for (const { from, to } of ranges(pid).flatMap((range) => held(pagemap, range))) {
      search(memory, { from, to }, needles, counts);
    }
  } finally {
    closeSync(memory);
    closeSync(pagemap);
  }
  return counts;
}

function search(memory: number, { from, to }: Range, needles: readonly Buffer[], counts: number[]): void {
  const longest = Math.max(...needles.map(({ length }) => length));
  const piece = Buffer.alloc(Math.min(pieceBytes + longest - 1, to - from));
  for (let at = from; at < to; at += pieceBytes) {
    // A page may be given back between the look at the map and the read: then there is nothing to search.
    const length = readOr0(memory, piece, Math.min(piece.length, to - at), at);
    for (const [index, needle] of needles.entries()) {
      // A match that begins in the overlap is found again in the next piece.
      const end = Math.min(length, pieceBytes + needle.length - 1);
      counts[index] = (counts[index] ?? 0) + countIn(piece.subarray(0, end), needle);
    }
  }
}

function readOr0(memory: number, into: Buffer, length: number, at: number): number {
  try {
    return readSync(memory, into, 0, length, at);
  } catch {
    return 0;
  }
}
