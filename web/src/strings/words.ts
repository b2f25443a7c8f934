/** The words of the language in use. */
import { en } from './en.ts';

export const words = en;
