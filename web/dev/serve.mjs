// npm run dev: a relay of its own and the web client with hot reload. Ends both with one Ctrl-C.
// PORT chooses the port of the page; flags go to the relay: npm run dev -- --capacity-max 100.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createServer } from 'vite';

const web = join(import.meta.dirname, '..');
const usualPort = 5173;

/** Starts the relay on a free port. @returns {Promise<number>} the port */
function startRelay() {
  const args = ['tools/bun.mjs', 'relay/src/main.ts', '--host', '127.0.0.1', '--port', '0', ...process.argv.slice(2)];
  const relay = spawn(process.execPath, args, { cwd: join(web, '..'), stdio: ['ignore', 'pipe', 'inherit'] });
  process.on('exit', () => relay.kill());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(0));
  return new Promise((resolve, reject) => {
    relay.on('exit', (code) => {
      reject(new Error('the relay did not start'));
      process.exitCode = code ?? 1;
    });
    relay.stdout.on('data', (data) => {
      const found = /:(\d+)\s*$/.exec(String(data));
      if (found) resolve(Number(found[1]));
    });
  });
}

process.env.PUG_RELAY = `http://127.0.0.1:${await startRelay()}`;
const server = await createServer({
  configFile: join(web, 'vite.config.ts'),
  logLevel: 'warn',
  server: { port: Number(process.env.PORT ?? usualPort) },
});
await server.listen();
const [address] = server.resolvedUrls?.local ?? [];
console.log(`The web client, with hot reload: ${address}`);
console.log(`Rooms with fake people:          ${address}dev/`);
