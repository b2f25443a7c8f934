/** What the commands of bench/ share: how they are asked, what they say about the machine, and that they leave nothing running. */
import { parseArgs } from 'node:util';
import { stopAll } from './lines.ts';
import { describeMachine, loadAverages } from './machine.ts';

export interface Asked<Option extends string> {
  /** Which measurements. */
  readonly names: readonly string[];
  readonly numbers: Readonly<Record<Option, number>>;
  readonly flags: ReadonlySet<string>;
}

/**
 * Reads `name … --option 5 --flag`.
 * @param defaults of the options, which are whole numbers from 1
 * @throws {Error} for an option that there is not, or that is no such number
 */
export function readArguments<Option extends string>(
  defaults: Readonly<Record<Option, number>>,
  flags: readonly string[] = [],
  args: readonly string[] = process.argv.slice(2),
): Asked<Option> {
  const names = Object.keys(defaults) as Option[]; // The object has no keys but its own.
  const options = Object.fromEntries([
    ...names.map((name) => [name, { type: 'string' }] as const),
    ...flags.map((name) => [name, { type: 'boolean' }] as const),
  ]);
  const parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  const values: Readonly<Record<string, unknown>> = parsed.values;
  const numbers: Record<Option, number> = { ...defaults };
  for (const name of names) numbers[name] = wholeOf(name, values[name] ?? defaults[name]);
  return { names: parsed.positionals, numbers, flags: new Set(flags.filter((name) => values[name] === true)) };
}

function wholeOf(name: string, value: unknown): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} is a whole number from 1`);
  return number;
}

/** A command: what it measures, by name, and with what. */
export interface Command {
  readonly measurements: Readonly<Record<string, () => Promise<void>>>;
  /** Those that were asked for; all when empty. */
  readonly names: readonly string[];
  /** What runs only when it is asked for. */
  readonly rare?: readonly string[];
  /** Versions and circumstances: lines below the machine's. */
  readonly about: readonly string[];
}

/** The names of the measurements to run, in the order of the command. @throws {Error} for a name that there is not */
export function chosen({ measurements, names, rare = [] }: Omit<Command, 'about'>): readonly string[] {
  const all = Object.keys(measurements);
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`there is ${all.join(', ')}; not ${unknown.join(', ')}`);
  return all.filter((name) => (names.length === 0 ? !rare.includes(name) : names.includes(name)));
}

/** Runs the measurements, one after the other. What is wrong is said in one line, with exit code 1. */
export async function runCommand(read: () => Command | Promise<Command>): Promise<void> {
  try {
    const command = await read();
    const wanted = chosen(command);
    console.log([await describeMachine(), ...command.about].join('\n'));
    console.log(`load averages before the run: ${await loadAverages()}\n`);
    for (const name of wanted) await command.measurements[name]?.();
    console.log(`load averages after the run: ${await loadAverages()}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    await stopAll();
  }
}
