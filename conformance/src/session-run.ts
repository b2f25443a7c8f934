/** Runs scenarios, each on the kind of relay it needs, and asks two innocent people after each whether they can still talk. */
import { Neighbours } from './neighbours.ts';
import { masked, Unmet } from './peer.ts';
import { type Command, type Relay, startRelay } from './relay.ts';
import { mortal, type Scenario, type Setting } from './scenario.ts';
import { Skipped, Trial } from './trial.ts';
import { silentTo } from './vital.ts';

const longestScenarioMs = 30_000;

export type Outcome =
  | { readonly kind: 'passed'; readonly transcript: readonly string[] }
  | { readonly kind: 'skipped'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string; readonly transcript: readonly string[] };

interface Place {
  readonly relay: Relay;
  /** Or why nobody could move in. */
  readonly neighbours: Neighbours | Unmet;
  /** Something failed since it was last asked whether it still answers. */
  isSuspect: boolean;
  /** What it was found to leave without an answer. */
  silentTo: string | null;
}

export class SessionRun {
  /** The relay to judge, or null to start one for each setting. */
  readonly #given: Relay | null;
  /** What starts a relay; absent for the one of this tree. */
  readonly #command: Command | undefined;
  readonly #places = new Map<Setting | Relay, Place>();
  /** Why no relay starts for a setting: waiting for one again would be in vain. */
  readonly #startless = new Map<Setting | Relay, unknown>();

  constructor(given: Relay | null, command?: Command) {
    this.#given = given;
    this.#command = command;
  }

  async run(scenario: Scenario): Promise<Outcome> {
    const misfit = this.#given && scenario.setting.misfit(this.#given.policy);
    if (misfit !== null) return { kind: 'skipped', why: misfit };
    const place = await this.#placeFor(scenario.setting);
    const { neighbours } = place;
    const obstacle = await this.#obstacle(place);
    if (obstacle !== null) return { kind: 'failed', why: obstacle, transcript: [] };
    const outcome = await attempt(scenario, place.relay);
    place.isSuspect = outcome.kind === 'failed';
    if (scenario.setting === mortal) await this.#leave(scenario.setting, place);
    if (outcome.kind !== 'passed' || scenario.setting === mortal || neighbours instanceof Unmet) return outcome;
    return neighbours.talk().then(
      () => outcome,
      (error: Error) => {
        place.isSuspect = true;
        return failed(`afterwards the room next door could not talk: ${error.message}`, neighbours.trial);
      },
    );
  }

  /** Ends what was started. @returns what went wrong with a relay of ours, if anything did */
  async end(): Promise<string | null> {
    const codes: (number | null)[] = [];
    const faults: string[] = [];
    for (const [key, place] of this.#places) {
      if (place.neighbours instanceof Unmet) faults.push(place.neighbours.message);
      codes.push(await this.#leave(key, place));
    }
    if (codes.some((code) => code !== 0)) faults.push(`a relay ended with the exit codes ${codes.join(', ')}`);
    return faults.length === 0 ? null : faults.join('; ');
  }

  /** Why the relay that was given can be judged no more, or null. */
  get silence(): string | null {
    const place = this.#given && this.#places.get(this.#given);
    return place ? silenceOf(place) : null;
  }

  /** Whether a relay that was started here has ended by itself. */
  get hasDied(): boolean {
    return [...this.#places.values()].some(({ relay }) => relay.process?.hasEnded);
  }

  /** Ends what was started without asking: a relay that is known to be broken need not end well. */
  abandon(): void {
    for (const { relay, neighbours } of this.#places.values()) {
      if (neighbours instanceof Neighbours) neighbours.moveOut();
      relay.process?.child.kill('SIGKILL');
    }
    this.#places.clear();
  }

  /** @throws when a relay does not even start */
  async #placeFor(setting: Setting): Promise<Place> {
    const key = this.#given ?? setting;
    const known = this.#places.get(key);
    if (known) return known;
    if (this.#startless.has(key)) throw this.#startless.get(key);
    const relay = this.#given ?? (await this.#start(setting));
    const neighbours = await moveIn(relay);
    const place: Place = { relay, neighbours, isSuspect: neighbours instanceof Unmet, silentTo: null };
    this.#places.set(key, place);
    return place;
  }

  #start(setting: Setting): Promise<Relay> {
    return startRelay(setting.flags, this.#command).catch((error: unknown) => {
      this.#startless.set(setting, error);
      throw error;
    });
  }

  /** Why nothing can be judged here, or null. */
  async #obstacle(place: Place): Promise<string | null> {
    // A relay that only begins to be one is judged all the same; one of ours is no relay.
    if (place.neighbours instanceof Unmet && this.#given === null) return place.neighbours.message;
    if (place.isSuspect) place.silentTo ??= await silentTo(place.relay.url);
    place.isSuspect = false;
    return silenceOf(place);
  }

  async #leave(key: Setting | Relay, place: Place): Promise<number | null> {
    this.#places.delete(key);
    if (place.neighbours instanceof Neighbours) place.neighbours.moveOut();
    return place.relay.process === null ? 0 : place.relay.process.stop();
  }
}

function silenceOf({ silentTo }: Place): string | null {
  return silentTo === null ? null : `the relay answers no more: ${silentTo} is left without an answer`;
}

async function moveIn(relay: Relay): Promise<Neighbours | Unmet> {
  try {
    return await Promise.race([Neighbours.moveIn(relay), late()]);
  } catch (error) {
    return new Unmet(`nobody could move in next door: ${error instanceof Error ? masked(error.message) : error}`);
  }
}

async function attempt(scenario: Scenario, relay: Relay): Promise<Outcome> {
  const trial = new Trial(relay);
  try {
    await Promise.race([scenario.run(trial), late()]);
    return { kind: 'passed', transcript: trial.transcript };
  } catch (error) {
    if (error instanceof Skipped) return { kind: 'skipped', why: error.message };
    return failed(
      error instanceof Error ? `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}` : String(error),
      trial,
    );
  } finally {
    trial.end();
  }
}

async function late(): Promise<never> {
  await Bun.sleep(longestScenarioMs);
  throw new Error(`it took over ${longestScenarioMs / 1000} s`);
}

function failed(why: string, trial: Trial): Outcome {
  return { kind: 'failed', why: masked(why), transcript: trial.transcript };
}
