/** Who asks to be let in: valid key packages that no commit has used yet, one for each person. */
import { equalBytes } from '@pug/wire';
import type { Claim } from '../ratchet/ratchet.ts';

/** A key package and the claim it makes. */
export interface Request extends Claim {
  readonly keyPackage: Uint8Array;
}

export class Waiting {
  readonly #requests = new Map<number, Request>();

  get size(): number {
    return this.#requests.size;
  }

  get members(): readonly number[] {
    return [...this.#requests.keys()];
  }

  get requests(): readonly Request[] {
    return [...this.#requests.values()];
  }

  /** Of two requests signed by one key the later one counts: somebody came back. */
  add(member: number, request: Request): void {
    for (const [other, { signatureKey }] of this.#requests)
      if (equalBytes(signatureKey, request.signatureKey)) this.#requests.delete(other);
    this.#requests.set(member, request);
  }

  delete(member: number): void {
    this.#requests.delete(member);
  }

  clear(): void {
    this.#requests.clear();
  }

  packagesOf(members: readonly number[]): readonly Uint8Array[] {
    return members.flatMap((member) => this.#requests.get(member)?.keyPackage ?? []);
  }

  /** Drops the requests that do not `fit` together with those before them; whether there were any. */
  async dropUnfit(fit: (packages: readonly Uint8Array[]) => Promise<unknown>): Promise<boolean> {
    const asking = this.members;
    const fitting: number[] = [];
    for (const member of asking) {
      if (await fit(this.packagesOf([...fitting, member]))) fitting.push(member);
      else this.#requests.delete(member);
    }
    return fitting.length < asking.length;
  }

  /** Whoever is in the tree under the credential of a request no longer waits. */
  settle(leaves: readonly Claim[]): void {
    for (const [member, { credential }] of this.#requests)
      if (leaves.some((leaf) => equalBytes(leaf.credential, credential))) this.#requests.delete(member);
  }
}
