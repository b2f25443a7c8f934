// The program of the documentation, as somebody runs it who copied it.
import { expect, test } from 'bun:test';
import { fileURLToPath } from 'node:url';
import { join, makeRoom, startRelay } from './loopback.ts';
import { joined, linesOf, patienceMs, textsOf, until } from './waiting.ts';

const program = fileURLToPath(new URL('../../docs/examples/echo.ts', import.meta.url));

for (const way of ['argument', 'standard input'] as const) {
  test(
    `CL-5 CR-12 the bot of the documentation joins by a link from its ${way}, says back what it hears, and ends with the room`,
    async () => {
      const relay = await startRelay();
      const room = await makeRoom(relay.port);
      const link = `http://127.0.0.1:${relay.port}/r#${room.fragment}`;
      const bot = Bun.spawn([process.execPath, program, ...(way === 'argument' ? [link] : [])], {
        stdin: way === 'argument' ? 'ignore' : new TextEncoder().encode(`${link}\n`),
        stdout: 'pipe',
        stderr: 'pipe',
      });
      const ada = join(relay.port, room, 'Ada', 'owner');
      await joined(ada);
      await until(() => ada.view.room?.members.some(({ name }) => name === 'Echo') ?? false, 'the bot is in');
      for (const text of ['hello', 'and again']) ada.send(text);
      await until(() => textsOf(ada).length === 4, 'both are said back');
      expect(linesOf(ada, 'text').map(({ own, text }) => [own, text])).toEqual(
        expect.arrayContaining([
          [false, 'hello'],
          [false, 'and again'],
        ]),
      );
      ada.purge();
      expect(await bot.exited).toBe(0);
      expect(await new Response(bot.stderr).text()).toBe('');
      await relay.kill('SIGKILL');
    },
    patienceMs,
  );
}
