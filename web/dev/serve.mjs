// A relay of its own and the web client with hot reload. Ends both with one Ctrl-C.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createServer } from 'vite';

const usage = `npm run dev -- [flags of the relay: npm start -- --help]
Serves the web client with hot reload, and a relay of its own. PORT chooses the port of the page.`;
if (process.argv.includes('--help')) {
  console.log(usage);
  process.exit(0);
}
const web = join(import.meta.dirname, '..');
const usualPort = 5173;

/** Starts the relay on a free port. @returns {Promise<number>} the port */
function startRelay() {
  const args = ['tools/bun.mjs', 'relay/src/main.ts', '--host', '127.0.0.1', '--port', '0', ...process.argv.slice(2)];
  const relay = spawn(process.execPath, args, { cwd: join(web, '..'), stdio: ['ignore', 'pipe', 'inherit'] });
  process.on('exit', () => relay.kill());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(0));
  return new Promise((resolve) => {
    // It has said why.
    relay.on('exit', (code) => process.exit(code || 1));
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
