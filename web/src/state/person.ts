/** Who this person is in one room: a key made for it, and what follows from the key (CR-16). Never stored. */
import { type Identity, makeIdentity, type Persona, personaOf } from '@pug/core';

let held: Identity | null = null;
let chosenName = '';

/** Makes a new identity and gives the name and tag that others will see. */
export async function becomeSomebody(): Promise<Persona> {
  const identity = await makeIdentity();
  becomeNobody();
  held = identity;
  return personaOf(identity.publicKey);
}

export function heldIdentity(): Identity | null {
  return held;
}

/** The name this person joins with, and joins again. */
export function chooseName(name: string): void {
  chosenName = name;
}

export function heldName(): string {
  return chosenName;
}

/** Forgets identity and name: the next room does not know this person again. */
export function becomeNobody(): void {
  held?.signKey.fill(0);
  held = null;
  chosenName = '';
}
