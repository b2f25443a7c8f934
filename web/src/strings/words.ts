/** The words of the language in use. Another language is of the type of the English ones: a missing key does not compile. */
import { signal } from '@preact/signals';
import { en } from './en.ts';

type Widened<T> = T extends string
  ? string
  : T extends (...args: infer Args) => infer Result
    ? (...args: Args) => Widened<Result>
    : T extends readonly (infer Item)[]
      ? readonly Widened<Item>[]
      : { readonly [Key in keyof T]: Widened<T[Key]> };

export type Words = Widened<typeof en>;

export const words = signal<Words>(en);
