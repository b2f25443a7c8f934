/** What people wait for in the web client. */
import { ask } from '../../tools/usage.mjs';
import { runCommand } from '../lib/command.ts';
import { measureHistory } from './history.ts';
import { measureMessages } from './message.ts';
import { measurePage } from './page.ts';

const usage = `npm run bench:web -- [page|message|history …] [--runs 15] [--messages 200] [--lines 5000]
Measures what people wait for in the web client.`;
const { names, numbers } = ask(usage, { numbers: { runs: 15, messages: 200, lines: 5000 }, names: true });

await runCommand(() => {
  const measurements = {
    page: () => measurePage(numbers.runs),
    message: () => measureMessages(numbers.messages),
    history: () => measureHistory(numbers.lines),
  };
  return { usage, measurements, names, about: [`Bun ${Bun.version}`] };
});
