/** npm run bench:web -- [page|message|history …] [--runs 15] [--messages 200] [--lines 5000]: what people wait for in the web client. */
import { parseArgs } from 'node:util';
import { stopAll } from '../lib/lines.ts';
import { describeMachine, loadAverages } from '../lib/machine.ts';
import { measureHistory } from './history.ts';
import { measureMessages } from './message.ts';
import { measurePage } from './page.ts';

const options = {
  runs: { type: 'string', default: '15' },
  messages: { type: 'string', default: '200' },
  lines: { type: 'string', default: '5000' },
} as const;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const measurements: Readonly<Record<string, () => Promise<void>>> = {
    page: () => measurePage(Number(values.runs)),
    message: () => measureMessages(Number(values.messages)),
    history: () => measureHistory(Number(values.lines)),
  };
  const names = Object.keys(measurements);
  const unknown = positionals.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`there is ${names.join(', ')}; not ${unknown.join(', ')}`);
  console.log(`${await describeMachine()}\nBun ${Bun.version}`);
  console.log(`load averages before the run: ${await loadAverages()}\n`);
  for (const name of positionals.length === 0 ? names : positionals) await measurements[name]?.();
  console.log(`load averages after the run: ${await loadAverages()}`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await stopAll();
}
