/** What the commands of bench/ share: what they say about the machine, and that they leave nothing running. */
import { refuse } from '../../tools/usage.mjs';
import { stopAll } from './lines.ts';
import { describeMachine, loadAverages } from './machine.ts';

/** A command: what it measures, by name, and with what. */
export interface Command {
  readonly usage: string;
  readonly measurements: Readonly<Record<string, () => Promise<void>>>;
  /** Those that were asked for; all when empty. */
  readonly names: readonly string[];
  /** What runs only when it is asked for. */
  readonly rare?: readonly string[];
  /** Versions and circumstances: lines below the machine's. */
  readonly about: readonly string[];
}

/** The names of the measurements to run, in the order of the command. @throws {Error} for a name that there is not */
export function chosen({ measurements, names, rare = [] }: Omit<Command, 'about' | 'usage'>): readonly string[] {
  const all = Object.keys(measurements);
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`there is ${all.join(', ')}; not ${unknown.join(', ')}`);
  return all.filter((name) => (names.length === 0 ? !rare.includes(name) : names.includes(name)));
}

function wantedOf(command: Command): readonly string[] {
  try {
    return chosen(command);
  } catch (error) {
    refuse(command.usage, String(error instanceof Error ? error.message : error));
  }
}

/** Runs the measurements, one after the other. What is wrong is said in one line, with exit code 1. */
export async function runCommand(read: () => Command | Promise<Command>): Promise<void> {
  try {
    const command = await read();
    const wanted = wantedOf(command);
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
