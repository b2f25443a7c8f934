/** A relay that breaks a rule: the relay of this tree with a few words of its source changed. */

export interface Mutant {
  /** What it does wrong. */
  readonly name: string;
  readonly rules: readonly string[];
  /** Each text stands exactly once in the sources of relay and wire, and is replaced. */
  readonly edits: readonly (readonly [from: string, to: string])[];
  /** Found only after a long wait: tried by command, not in every run of the tests. */
  readonly slow?: true;
}

export const mutant = (rules: string, name: string, ...edits: Mutant['edits']): Mutant => ({
  name,
  rules: rules.split(' '),
  edits,
});

export const slow = (patient: Mutant): Mutant => ({ ...patient, slow: true });
