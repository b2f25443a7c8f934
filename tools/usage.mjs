// How a command of this tree is asked by a person. --help is answered with its usage on stdout; what it does not understand
// with one line and the usage on stderr, and exit code 2.
import { parseArgs } from 'node:util';

/**
 * What a command takes besides --help.
 * @template {string} Numbers
 * @template {string} Texts
 * @typedef {object} Takes
 * @property {Readonly<Record<Numbers, number>>} [numbers] options that are whole numbers from 1, with their defaults
 * @property {readonly Texts[]} [texts] options that are any text
 * @property {readonly string[]} [flags] options without a value
 * @property {boolean} [names] whether there may be words without an option
 */

/**
 * What it was asked.
 * @template {string} Numbers
 * @template {string} Texts
 * @typedef {object} Asked
 * @property {Readonly<Record<Numbers, number>>} numbers
 * @property {Readonly<Partial<Record<Texts, string>>>} texts those that were given
 * @property {ReadonlySet<string>} flags those that were given
 * @property {readonly string[]} names
 */

/**
 * @template {string} [Numbers=never]
 * @template {string} [Texts=never]
 * @param {Takes<Numbers, Texts>} takes
 * @param {readonly string[]} args
 * @returns {Asked<Numbers, Texts>}
 * @throws {Error} for an option that there is not, one without its value, and a value that is no such number
 */
export function readArguments(takes, args) {
  const { texts = [], flags = [], names = false } = takes;
  // Without numbers there are none of them to name.
  const defaults = takes.numbers ?? /** @type {Record<Numbers, number>} */ ({});
  /** @type {Record<string, { type: 'string' | 'boolean' }>} */
  const options = {};
  for (const name of [...Object.keys(defaults), ...texts]) options[name] = { type: 'string' };
  for (const name of flags) options[name] = { type: 'boolean' };
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: names });
  /** @type {Record<Numbers, number>} */
  const numbers = { ...defaults };
  // An object has no keys but its own, and what is parsed as a text is one.
  for (const name of /** @type {Numbers[]} */ (Object.keys(defaults)))
    numbers[name] = wholeOf(name, values[name] ?? numbers[name]);
  /** @type {Partial<Record<Texts, string>>} */
  const given = {};
  for (const name of texts) if (values[name] !== undefined) given[name] = String(values[name]);
  return {
    numbers,
    texts: given,
    flags: new Set(flags.filter((name) => values[name] === true)),
    names: positionals,
  };
}

/** @param {string} name @param {unknown} value */
function wholeOf(name, value) {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name} is a whole number from 1`);
  return number;
}

/**
 * What this command was asked; it ends here when that is its usage, or nothing it understands.
 * @template {string} [Numbers=never]
 * @template {string} [Texts=never]
 * @param {string} usage how it is called, and in a few lines what it does
 * @param {Takes<Numbers, Texts>} [takes]
 * @param {readonly string[]} [args]
 */
export function ask(usage, takes = {}, args = process.argv.slice(2)) {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return readArguments(takes, args);
  } catch (error) {
    // Node adds advice in a second sentence.
    refuse(usage, String(error instanceof Error ? error.message : error).replace(/\. .*/s, ''));
  }
}

/**
 * Ends a command that was asked something it does not understand.
 * @param {string} usage
 * @param {string} problem
 * @returns {never}
 */
export function refuse(usage, problem) {
  console.error(`${problem}\n\n${usage}`);
  process.exit(2);
}
