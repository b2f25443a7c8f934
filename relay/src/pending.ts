/**
 * Rooms that nobody has joined yet (RM-1): a record of 62 bytes each, and 23 to 28 more to find it by its id, its deadline and its price. There
 * can be a million of them, made by whoever pays the work, so none may cost an object.
 */
import { clientMaxEffort, equalBytes, hitsPerSolution, iterationsPerTry, roomIdBytes } from '@pug/wire';
import { Deadlines } from './deadlines.ts';
import type { Grant } from './room.ts';

/** What a record holds of a grant: all but what is the same for every room of a relay. */
export type PendingGrant = Omit<Grant, 'emptyRoomMs'>;

const ownerKeyBytes = 32;
// id(16) ‖ ownerKey(32) ‖ solution(8) ‖ ttlSeconds(4) ‖ capacity(2)
const ownerKeyAt = roomIdBytes;
const solutionAt = ownerKeyAt + ownerKeyBytes;
const ttlAt = solutionAt + 8;
const capacityAt = ttlAt + 4;
const recordBytes = capacityAt + 2;

/** Records are made room for in steps of this many. */
const stepRecords = 1024;
const firstPlaces = 1024;
const free = 0;

/** Prices are told apart by quarters of a bit, from one try for each hit upward: 1 … 57. */
const leastEffort = hitsPerSolution * iterationsPerTry;
const stepsPerBit = 4;
const maxLevel = 1 + stepsPerBit * Math.log2(clientMaxEffort / leastEffort);

export class Pending {
  readonly #maxRooms: number;
  readonly #lifeMs: number;
  readonly #deadlines: Deadlines;
  readonly #buffer: ArrayBuffer;
  readonly #records: Uint8Array;
  readonly #view: DataView;
  readonly #levelBuffer: ArrayBuffer;
  /** What each slot's room cost, as a level; `free` in a slot without a room. */
  readonly #levels: Uint8Array;
  /** How many rooms there are of each level. */
  readonly #ofLevel = new Uint32Array(maxLevel + 1);
  /** Where the next search for a room to give way begins: it goes round, so that of equal ones mostly the oldest is found. */
  #hand = 0;
  /** Open addressing with linear probing: slot + 1, or `free`. Its length is a power of two, at most three quarters are taken. */
  #places = new Uint32Array(firstPlaces);
  /** Secret of this process: ids are hashes that anybody can search, so nobody may know which of them share a place. */
  readonly #seed = crypto.getRandomValues(new Uint32Array(4));

  /**
   * @param maxRooms how many there can be
   * @param lifeMs how long a room waits for its first member
   */
  constructor(maxRooms: number, lifeMs: number) {
    this.#maxRooms = maxRooms;
    this.#lifeMs = lifeMs;
    this.#deadlines = new Deadlines(maxRooms);
    this.#buffer = new ArrayBuffer(0, { maxByteLength: recordBytes * maxRooms });
    this.#records = new Uint8Array(this.#buffer);
    this.#view = new DataView(this.#buffer);
    this.#levelBuffer = new ArrayBuffer(0, { maxByteLength: maxRooms });
    this.#levels = new Uint8Array(this.#levelBuffer);
  }

  get size(): number {
    return this.#deadlines.size;
  }

  /** When `expire` has something to do, or null when there is no room. */
  nextMs(): number | null {
    return this.#deadlines.nextMs();
  }

  /** The memory taken, in bytes. */
  get sizeBytes(): number {
    return this.#buffer.byteLength + this.#levelBuffer.byteLength + this.#places.byteLength + this.#deadlines.sizeBytes;
  }

  /**
   * Remembers a room under its id (16 bytes), which must be a new one, from its creation on: `ttlSeconds` before it expires (HT-5).
   * When there is no place left, a room for which least was paid gives way, unless more was paid for it (PW-18).
   * @param effort the iterations that were paid for it
   * @returns whether there was a place for it
   */
  add(id: Uint8Array, grant: PendingGrant, effort: number): boolean {
    const level = levelOf(effort);
    if (this.size >= this.#maxRooms && !this.#giveWay(level)) return false;
    const slot = this.#deadlines.add(grant.expiresAtMs - this.#restMs(grant.ttlSeconds));
    this.#growTo(slot);
    this.#write(slot, id, grant);
    this.#levels[slot] = level;
    this.#ofLevel[level] = (this.#ofLevel[level] ?? 0) + 1;
    if (4 * this.size > 3 * this.#places.length) this.#doublePlaces();
    this.#link(slot);
    return true;
  }

  /** What the room was granted, or null when no such room waits. One whose time has come does not, expired yet or not. */
  find(id: Uint8Array, nowMs: number): PendingGrant | null {
    const place = this.#placeOf(id);
    if (place === null) return null;
    const slot = this.#slotAt(place);
    return this.#deadlines.atMs(slot) <= nowMs ? null : this.#read(slot);
  }

  /** Forgets the room. @returns whether there was one */
  remove(id: Uint8Array): boolean {
    const place = this.#placeOf(id);
    if (place !== null) this.#forget(place);
    return place !== null;
  }

  /** Forgets every room whose time has come. @returns how many */
  expire(nowMs: number): number {
    const before = this.size;
    for (let slot = this.#deadlines.due(nowMs); slot !== null; slot = this.#deadlines.due(nowMs)) {
      this.#forgetSlot(slot);
    }
    return before - this.size;
  }

  /** Forgets a room of the lowest level there is, if that is no higher than `level`. @returns whether there was one */
  #giveWay(level: number): boolean {
    const least = this.#ofLevel.findIndex((count) => count > 0);
    if (least < 0 || least > level) return false;
    const ahead = this.#levels.indexOf(least, this.#hand);
    const slot = ahead < 0 ? this.#levels.indexOf(least) : ahead;
    this.#forgetSlot(slot);
    this.#hand = slot + 1;
    return true;
  }

  #forgetSlot(slot: number): void {
    const place = this.#placeOf(this.#idOf(slot));
    if (place === null) throw new Error('a waiting room has no place');
    this.#forget(place);
  }

  #write(slot: number, id: Uint8Array, grant: PendingGrant): void {
    const at = slot * recordBytes;
    this.#records.set(id, at);
    this.#records.set(grant.ownerKey, at + ownerKeyAt);
    this.#view.setBigUint64(at + solutionAt, grant.solution);
    this.#view.setUint32(at + ttlAt, grant.ttlSeconds);
    this.#view.setUint16(at + capacityAt, grant.capacity);
  }

  #read(slot: number): PendingGrant {
    const at = slot * recordBytes;
    const ttlSeconds = this.#view.getUint32(at + ttlAt);
    return {
      expiresAtMs: this.#deadlines.atMs(slot) + this.#restMs(ttlSeconds),
      ttlSeconds,
      capacity: this.#view.getUint16(at + capacityAt),
      ownerKey: this.#records.slice(at + ownerKeyAt, at + solutionAt),
      solution: this.#view.getBigUint64(at + solutionAt),
    };
  }

  /** How much of its life a room has left when its wait is over; the deadline and this spell when it expires. */
  #restMs(ttlSeconds: number): number {
    return Math.max(0, 1000 * ttlSeconds - this.#lifeMs);
  }

  #idOf(slot: number): Uint8Array {
    return this.#records.subarray(slot * recordBytes, slot * recordBytes + roomIdBytes);
  }

  #slotAt(place: number): number {
    return (this.#places[place] ?? free) - 1;
  }

  /** Where probing for an id begins. */
  #homeOf(id: Uint8Array): number {
    let hash = 0;
    for (let word = 0; word < 4; word++) {
      const at = 4 * word;
      const bits = ((id[at] ?? 0) << 24) | ((id[at + 1] ?? 0) << 16) | ((id[at + 2] ?? 0) << 8) | (id[at + 3] ?? 0);
      // The seed goes in before each multiplication (the constant is MurmurHash3's), so that it cannot be divided out.
      hash = Math.imul(hash ^ bits ^ (this.#seed[word] ?? 0), 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    return hash & (this.#places.length - 1);
  }

  #placeOf(id: Uint8Array): number | null {
    const mask = this.#places.length - 1;
    for (let place = this.#homeOf(id); this.#places[place] !== free; place = (place + 1) & mask) {
      if (equalBytes(this.#idOf(this.#slotAt(place)), id)) return place;
    }
    return null;
  }

  #link(slot: number): void {
    const mask = this.#places.length - 1;
    let place = this.#homeOf(this.#idOf(slot));
    while (this.#places[place] !== free) place = (place + 1) & mask;
    this.#places[place] = slot + 1;
  }

  #forget(place: number): void {
    const slot = this.#slotAt(place);
    this.#unlink(place);
    this.#records.fill(0, slot * recordBytes, (slot + 1) * recordBytes);
    const level = this.#levels[slot] ?? free;
    this.#ofLevel[level] = (this.#ofLevel[level] ?? 0) - 1;
    this.#levels[slot] = free;
    this.#deadlines.remove(slot);
  }

  /** Empties a place and moves up what had to probe past it, so that no search ends too early. */
  #unlink(place: number): void {
    const mask = this.#places.length - 1;
    let hole = place;
    for (let next = (hole + 1) & mask; this.#places[next] !== free; next = (next + 1) & mask) {
      const home = this.#homeOf(this.#idOf(this.#slotAt(next)));
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      this.#places[hole] = this.#places[next] ?? free;
      hole = next;
    }
    this.#places[hole] = free;
  }

  #doublePlaces(): void {
    const taken = this.#places.filter((place) => place !== free);
    this.#places = new Uint32Array(2 * this.#places.length);
    for (const place of taken) this.#link(place - 1);
  }

  #growTo(slot: number): void {
    if (slot < this.#levels.length) return;
    const slots = Math.min(this.#maxRooms, slot + stepRecords);
    this.#buffer.resize(recordBytes * slots);
    this.#levelBuffer.resize(slots);
  }
}

function levelOf(effort: number): number {
  const level = 1 + Math.round(stepsPerBit * Math.log2(effort / leastEffort));
  return Math.min(maxLevel, Math.max(1, level));
}
