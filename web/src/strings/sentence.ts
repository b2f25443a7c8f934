/** Sentences with people in them. A name is not part of the words: whoever chose it could continue them (CR-7). */

/** Somebody as others are shown them; `tag` tells two people of one name apart (CR-16), null until it is known. */
export interface Who {
  readonly name: string;
  readonly tag: string | null;
}

/** Words and people in the order of the language. */
export type Sentence = readonly (string | Who)[];

/** Marks a template as a sentence: tell`${who} joined`. */
export function tell(texts: TemplateStringsArray, ...people: readonly Who[]): Sentence {
  return texts.flatMap((text, at) => [text, people[at] ?? '']).filter((part) => part !== '');
}

/** The sentence as one string, each person as `called`. */
export function plain(sentence: Sentence, called: (who: Who) => string): string {
  return sentence.map((part) => (typeof part === 'string' ? part : called(part))).join('');
}
