/**
 * One simulated room from a seed: people join, leave, lose their connection, fall asleep and talk; a hostile relay drops, doubles,
 * swaps, corrupts, relabels, sends again, and hides, inserts and shuffles so that no gap shows; insiders forge. What must never happen is
 * watched all along; then everything comes to rest, all must agree and reach each other, and stand a few trials.
 */
import { toBase64url } from '@pug/wire';
import { openNumbered, type Seated } from '../src/index.ts';
import { welcomeTimeoutMs } from '../src/roster/log.ts';
import { Dice } from './dice.ts';
import { room } from './fixtures.ts';
import { Hall } from './hall.ts';
import type { Delivery, Peer } from './peer.ts';
import { type Setting, trials } from './trials.ts';

export interface Scenario {
  readonly seed: number;
  /** The most people at once. */
  readonly members: number;
  readonly hostile: boolean;
  /** Prints what happens. */
  readonly trace?: (line: string) => void;
}

export interface Outcome {
  /** What went wrong, or null. */
  readonly problem: string | null;
  /** Virtual time from the last attack to agreement. */
  readonly settledMs: number;
  readonly commits: number;
  readonly texts: number;
  /** How often each kind of thing happened. */
  readonly happened: ReadonlyMap<string, number>;
}

type Move = (simulation: Simulation) => Promise<void> | void;

/** What can happen next, and how often beside a delivery's 100. */
const moves: readonly (readonly [weight: number, name: string, move: Move])[] = [
  [9, 'join', (simulation) => simulation.join()],
  [4, 'leave', (simulation) => simulation.leave()],
  [4, 'reconnect', (simulation) => simulation.reconnect()],
  [4, 'bury', (simulation) => simulation.bury()],
  [5, 'sleep', (simulation) => simulation.sleep()],
  [16, 'say', (simulation) => simulation.say()],
  [1, 'wait', (simulation) => simulation.wait()],
  [10, 'attack', (simulation) => simulation.attack()],
];
const deliveryWeight = 100;
/** What a hostile relay does, and an insider, each as often as the others. */
const relayAttacks = ['again', 'drop', 'double', 'swap', 'corrupt', 'relabel', 'hide', 'insert', 'shuffle'] as const;
const attacks = [...relayAttacks, 'forge'] as const;
/** Everything that can happen in a room before it comes to rest. */
export const kinds: readonly string[] = [
  ...moves.map(([, name]) => name).filter((name) => name !== 'attack'),
  ...attacks,
];
type Attack = (typeof attacks)[number];
const totalWeight = moves.reduce((sum, [weight]) => sum + weight, deliveryWeight);
const steps = 130;
const stepMs = 20;
const trialsEach = 3;
const maxForTrials = 13;

interface Said {
  readonly member: number;
  readonly again: boolean;
  readonly readers: ReadonlySet<string>;
}

class Simulation {
  readonly hall: Hall;
  readonly happened = new Map<string, number>();
  readonly #dice: Dice;
  readonly #scenario: Scenario;
  /** By text: who said it, whether more than once, and who could read it then. */
  readonly #said = new Map<string, Said>();
  /** By person: what it was shown. */
  readonly #shown = new Map<Peer, Set<string>>();
  #problem: string | null = null;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#dice = new Dice(scenario.seed);
    this.hall = new Hall(this.#dice);
  }

  get problem(): string | null {
    return this.#problem;
  }

  get texts(): number {
    return this.#said.size;
  }

  async run(): Promise<number> {
    const { members, hostile } = this.#scenario;
    for (let crowd = this.#dice.below(members); crowd >= 0; crowd--) await this.join();
    for (let step = 0; step < steps; step++) {
      this.hall.nowMs += stepMs;
      const [, name, move] = this.#choose();
      if (name !== 'attack' || hostile) await move(this);
      if (step % 10 === 9) await this.hall.fire();
    }
    return this.#rest();
  }

  async join(): Promise<void> {
    if (this.hall.members.length < this.#scenario.members) await this.#admit();
  }

  async #admit(): Promise<Peer> {
    const peer = await this.hall.join();
    this.#shown.set(peer, new Set());
    peer.onText = (member, text) => this.#heard(peer, member, text);
    peer.onRemoved = (removed, left) => this.#putOut(peer, removed, left);
    peer.onLate = (text) => this.#sayAs(peer, text);
    peer.onSilence = (texts) => this.#fail(`${peer.number} is told nothing of ${texts} texts`);
    this.#did('join', `${peer.number}`);
    return peer;
  }

  leave(): void {
    const peer = this.#anybody();
    if (this.hall.peers.length < 2 || peer === undefined) return;
    this.hall.leave(peer);
    this.#did('leave', `${peer.number}`);
  }

  /** The connection breaks and the person comes back, sometimes before the relay has noticed. */
  async reconnect(): Promise<void> {
    const peer = this.#anybody();
    if (peer === undefined) return;
    const before = peer.number;
    if (this.#dice.below(2) === 0) this.hall.leave(peer);
    else this.hall.linger(peer);
    await this.hall.enter(peer);
    this.#did('reconnect', `${before} as ${peer.number}`);
  }

  bury(): void {
    const member = this.#dice.pick([...this.hall.lingering]);
    if (member === undefined) return;
    this.hall.bury(member);
    this.#did('bury', `${member}`);
  }

  sleep(): void {
    const peer = this.#anybody();
    if (peer === undefined) return;
    peer.suspended = !peer.suspended;
    this.#did('sleep', `${peer.number}, or wakes`);
  }

  async say(): Promise<void> {
    const peer = this.#anybody();
    if (peer !== undefined) await this.#sayAs(peer);
  }

  /** Long enough for beats, turns, and keys to be renewed. */
  wait(): void {
    this.hall.nowMs += this.#dice.pick([2_000, 20_000, 600_000]) ?? 0;
    this.#did('wait', '');
  }

  async deliver(): Promise<void> {
    const sending = this.hall.peers.filter(({ outbox }) => outbox.length > 0);
    const receiving = this.hall.peers.filter(({ inbox, suspended }) => inbox.length > 0 && !suspended);
    for (let left = 1 + this.#dice.below(this.#scenario.members); left > 0; left--) {
      const sender = this.#dice.pick(sending);
      if (sender !== undefined) this.hall.relay(sender);
      const receiver = this.#dice.pick(receiving);
      if (receiver !== undefined) await this.hall.deliver(receiver);
    }
  }

  /** What a relay can do that has everything but the link. */
  async attack(): Promise<void> {
    const peer = this.#anybody();
    if (peer === undefined) return;
    const kind = this.#dice.pick(attacks) ?? 'again';
    if (await this.#strike(peer, kind)) this.#did(kind, `at ${peer.number}`);
  }

  async #strike(peer: Peer, kind: Attack): Promise<boolean> {
    if (kind === 'again') return this.#again(peer);
    if (kind === 'forge') return this.#forge(peer);
    const at = this.#dice.below(peer.inbox.length);
    if (kind === 'hide' || kind === 'insert' || kind === 'shuffle') return this.#deceive(peer, at, kind);
    return this.#tamper(peer.inbox, at, kind);
  }

  /** An insider says as its own what somebody else said, with or without a bit turned. */
  async #forge(peer: Peer): Promise<boolean> {
    const old = this.#dice.pick(this.hall.recorded);
    const opened = old && (await openNumbered({ ...room, ...old }));
    if (!opened) return false;
    const place = this.#dice.below(2 * opened.body.length);
    const body = opened.body.map((byte, at) => (at === place ? byte ^ 1 : byte));
    await peer.send(0, opened.type, body);
    return true;
  }

  /** Shows a member fewer, more or other events than the others, with numbers that do not tell. */
  #deceive(peer: Peer, at: number, kind: 'hide' | 'insert' | 'shuffle'): boolean {
    const { inbox } = peer;
    const [first, second] = [inbox[at], inbox[at + 1]];
    const old = this.#dice.pick(this.hall.recorded);
    if (first === undefined || first.seq === 0) return false;
    if (kind === 'hide') {
      inbox.splice(at, 1);
      peer.renumber(at, -1);
    } else if (kind === 'insert' && old !== undefined) {
      peer.renumber(at, 1);
      inbox.splice(at, 0, { ...old, seq: first.seq });
    } else if (kind === 'shuffle' && first.kind === 'frame' && second?.kind === 'frame' && second.seq > 0)
      inbox.splice(at, 2, { ...second, seq: first.seq }, { ...first, seq: second.seq });
    else return false;
    return true;
  }

  /** Does something to what is on its way; false where there is nothing to do it to. */
  #tamper(inbox: Delivery[], at: number, kind: Attack): boolean {
    const [first, second] = [inbox[at], inbox[at + 1]];
    if (first === undefined) return false;
    if (kind === 'drop') inbox.splice(at, 1);
    else if (kind === 'double') inbox.splice(at, 0, first);
    else if (kind === 'swap' && second !== undefined) inbox.splice(at, 2, second, first);
    else if (kind === 'corrupt') inbox[at] = this.#corrupted(first);
    else if (kind === 'relabel' && first.kind === 'frame')
      inbox[at] = { ...first, member: this.#dice.pick(this.hall.members) ?? 0 };
    else return false;
    return true;
  }

  /** Sends an old frame again: in the order, or to one member outside of it. False where there is none. */
  #again(peer: Peer): boolean {
    const old = this.#dice.pick(this.hall.recorded);
    if (old === undefined) return false;
    if (this.#dice.below(2) === 0) this.hall.broadcast(old.member, old.payload);
    else peer.inbox.push({ ...old, seq: 0 });
    return true;
  }

  #corrupted(delivery: Delivery): Delivery {
    if (delivery.kind === 'event') return delivery;
    const payload = delivery.payload.slice();
    const at = this.#dice.below(payload.length);
    payload[at] = (payload[at] ?? 0) ^ (1 << this.#dice.below(8));
    return { ...delivery, payload };
  }

  /**
   * The relay is honest from here on: all must come to agree, stay agreed, and reach each other. Whoever missed a FOUND finds one itself
   * after 2.5 s for each who is earlier (CR-12, 7), which it may begin to wait for twice.
   */
  async #rest(): Promise<number> {
    for (const peer of this.hall.peers) peer.suspended = false;
    for (const member of [...this.hall.lingering]) this.hall.bury(member);
    // Whom it shows other numbers, it goes on to lie to with every event: they have to come back. So have those who miss the latest event.
    const { latest } = this.hall;
    for (const peer of this.hall.peers.filter((each) => each.offset !== 0 || each.latest !== latest)) {
      this.hall.leave(peer);
      await this.hall.enter(peer);
    }
    const settledMs = await this.hall.settle(Math.max(60_000, 2 * welcomeTimeoutMs * (2 + this.hall.members.length)));
    if (settledMs === null) {
      this.#fail(`no agreement: ${this.hall.peers.map(({ number, view }) => `${number} ${view}`).join('; ')}`);
      return 0;
    }
    this.#checkKeys();
    await this.#talk();
    for (let trial = 0; trial < trialsEach; trial++) if (this.#problem === null) await this.#try();
    return settledMs;
  }

  async #try(): Promise<void> {
    const { hall } = this;
    // In larger rooms whoever is let in renews its keys at once, which no trial reckons with.
    const fitting = trials.filter(({ people }) => people <= hall.peers.length && hall.peers.length < maxForTrials);
    const trial = this.#dice.pick(fitting);
    if (trial === undefined) return;
    const setting: Setting = {
      hall,
      dice: this.#dice,
      join: () => this.#admit(),
      say: (peer) => this.#sayAs(peer),
    };
    this.#did(trial.name, hall.peers.map(({ number }) => number).join());
    await trial.run(setting).catch((error: Error) => this.#fail(`${trial.name}: ${error.message}`));
  }

  async #talk(): Promise<void> {
    for (const peer of this.hall.peers) peer.forgetTold();
    const forked = this.#isForked;
    for (let round = 0; round < 2; round++) for (const peer of this.hall.peers) await this.#sayAs(peer);
    await this.hall.drain();
    const expected = 2 * (this.hall.peers.length - 1);
    for (const { number, told } of this.hall.peers)
      if (told.texts.length !== expected || told.unreadable > 0) this.#fail(`${number} does not hear all others`);
    this.#checkForks(forked);
    await this.hall.pass(24_000, 6_000);
    if (!this.hall.agreed) this.#fail('agreement does not last');
    if (this.#isForked) this.#fail('a fork lasts');
  }

  /** Whether the relay showed different frames to different members, and they still go on from there. */
  get #isForked(): boolean {
    const tags = this.hall.peers.map(({ roster }) => toBase64url(roster.position?.tag ?? new Uint8Array()));
    return new Set(tags).size > 1;
  }

  /** Whoever was shown other frames than others is told, and nobody else. */
  #checkForks(forked: boolean): void {
    for (const { number, told } of this.hall.peers)
      if (told.forked > 0 !== forked) this.#fail(`${number} is told of ${told.forked} forks; forked: ${forked}`);
    if (forked && !this.#scenario.hostile) this.#fail('an honest relay is suspected');
  }

  /** Nobody is in whom the relay never gave that number, or under another key. */
  #checkKeys(): void {
    for (const { member, signatureKey } of this.hall.peers[0]?.roster.leaves ?? [])
      if (this.hall.keys.get(member) !== toBase64url(signatureKey)) this.#fail(`${member} is a stranger`);
  }

  async #sayAs(peer: Peer, text = `text ${this.#said.size}`): Promise<string> {
    const readers = peer.roster.leaves.map(({ signatureKey }) => toBase64url(signatureKey));
    const before = this.#said.get(text);
    if (!(await peer.say(text))) return text;
    const { number: member } = peer;
    this.#said.set(text, {
      member,
      again: before !== undefined,
      readers: new Set([...readers, ...(before?.readers ?? [])]),
    });
    this.#did('say', `${peer.number} ${text}`);
    return text;
  }

  /**
   * A text counts only from who said it, and once; never from somebody who was not there, nor for whom its author knew nothing of. (Who
   * spoke after the commit that let us in may have left before we had the Welcome. From whom the relay hides somebody is told of that.)
   */
  #heard(peer: Peer, member: number, text: string): void {
    if (!peer.met.has(member) && peer.told.forked === 0)
      this.#fail(`${peer.number} accepts "${text}" from ${member}, who was never there`);
    const said = this.#said.get(text);
    if (said?.member !== member) this.#fail(`${peer.number} accepts "${text}" from ${member}`);
    if (!said?.readers.has(toBase64url(peer.identity.publicKey))) this.#fail(`"${text}" is not for ${peer.number}`);
    if (this.#shown.get(peer)?.has(text) && !said?.again) this.#fail(`${peer.number} accepts "${text}" twice`);
    this.#shown.get(peer)?.add(text);
  }

  /** Nobody is put out while present, but to be let in anew. */
  #putOut(peer: Peer, removed: readonly Seated[], left: readonly Seated[]): void {
    const stays = (leaf: Seated) =>
      left.some(
        ({ member, signatureKey }) =>
          member === leaf.member || toBase64url(signatureKey) === toBase64url(leaf.signatureKey),
      );
    for (const leaf of removed)
      if (peer.members.has(leaf.member) && !stays(leaf)) this.#fail(`${peer.number} puts ${leaf.member} out`);
  }

  #choose(): readonly [weight: number, name: string, move: Move] {
    let rolled = this.#dice.below(totalWeight);
    for (const choice of moves) {
      rolled -= choice[0];
      if (rolled < 0) return choice;
    }
    return [deliveryWeight, 'deliver', (simulation) => simulation.deliver()];
  }

  #anybody(): Peer | undefined {
    return this.#dice.pick(this.hall.peers);
  }

  #fail(problem: string): void {
    this.#problem ??= problem;
    this.#trace(problem);
  }

  #did(kind: string, what: string): void {
    this.happened.set(kind, (this.happened.get(kind) ?? 0) + 1);
    this.#trace(`${kind} ${what}`);
  }

  #trace(line: string): void {
    this.#scenario.trace?.(`${this.hall.nowMs} ms: ${line}`);
  }
}

/** Plays one scenario to its end. */
export async function simulate(scenario: Scenario): Promise<Outcome> {
  const simulation = new Simulation(scenario);
  const settledMs = await simulation.run();
  const { problem, texts, hall, happened } = simulation;
  return { problem, settledMs, commits: hall.committers.length, texts, happened };
}
