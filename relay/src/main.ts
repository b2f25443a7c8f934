/** The relay's command: reads its settings, starts, says where it is, and ends in an orderly way. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import about from '../package.json' with { type: 'json' };
import { loadAssets } from './assets.ts';
import { type Config, readConfig } from './config.ts';
import { log } from './log.ts';
import { type Relay, startRelay } from './server.ts';

const webClientFolder = join(import.meta.dir, '..', '..', 'web', 'dist');

function readFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Ends the process on a fault of ours. Only where it surfaced is written: a message could quote a peer (RL-2). */
function watchForFaults(): void {
  process.on('uncaughtException', () => {
    log({ event: 'fault', code: 'uncaught_exception' });
    process.exit(1);
  });
  process.on('unhandledRejection', () => {
    log({ event: 'fault', code: 'unhandled_rejection' });
    process.exit(1);
  });
}

/** SK-14: the first signal drains, the second ends the process at once. */
function watchForSignals(relay: Relay): void {
  let isDraining = false;
  const end = async () => {
    if (isDraining) process.exit(1);
    isDraining = true;
    await relay.drain();
    log({ event: 'stopped' });
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => void end());
}

function listen(config: Config): void {
  const assets = loadAssets(webClientFolder);
  const relay = startRelay(config, assets);
  watchForSignals(relay);
  log({ event: 'listening', port: relay.port, webClient: assets !== null });
  console.log(`Pug Network is running: ${addressOf(config, relay)}`);
  if (assets === null) console.log('The web client is not built, so only the API is served: npm run build -w web');
}

/** The address for people. A host that stands for every address of the machine is reached as localhost. */
function addressOf({ listen }: Config, { port }: Relay): string {
  if (listen.on === 'unix') return `unix socket ${listen.path}`;
  const isAny = ['0.0.0.0', '::'].includes(listen.host);
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
  return `http://${isAny ? 'localhost' : host}:${port}`;
}

watchForFaults();
const start = readConfig({ args: process.argv.slice(2), env: process.env, readFile, version: about.version });
if (start.start === 'exit') {
  (start.code === 0 ? process.stdout : process.stderr).write(`${start.text}\n`);
  process.exitCode = start.code;
} else {
  try {
    listen(start.config);
  } catch {
    log({ event: 'fault', code: 'listen_failed' });
    process.exitCode = 1;
  }
}
