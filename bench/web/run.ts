/** npm run bench:web -- [page|message|history …] [--runs 15] [--messages 200] [--lines 5000]: what people wait for in the web client. */
import { readArguments, runCommand } from '../lib/command.ts';
import { measureHistory } from './history.ts';
import { measureMessages } from './message.ts';
import { measurePage } from './page.ts';

await runCommand(() => {
  const { names, numbers } = readArguments({ runs: 15, messages: 200, lines: 5000 });
  const measurements = {
    page: () => measurePage(numbers.runs),
    message: () => measureMessages(numbers.messages),
    history: () => measureHistory(numbers.lines),
  };
  return { measurements, names, about: [`Bun ${Bun.version}`] };
});
