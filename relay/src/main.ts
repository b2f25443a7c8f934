/** The relay's command: reads its settings, starts, says where it is, and ends in an orderly way. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import about from '../package.json' with { type: 'json' };
import { bytesOf, type Files, readFolder, siteOf } from './assets.ts';
import { type Config, readConfig } from './config.ts';
import { maxSocketsWithin } from './descriptors.ts';
import { embedded } from './embedded.ts';
import { log, logWritten } from './log.ts';
import { type Relay, startRelay } from './server.ts';
import { type PairFiles, readPair } from './tls.ts';
import { removeStale } from './unix-socket.ts';

const tree = join(import.meta.dir, '..', '..');

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
    void exit(1);
  });
  process.on('unhandledRejection', () => {
    log({ event: 'fault', code: 'unhandled_rejection' });
    void exit(1);
  });
}

/** Ends the process when the log is written. */
async function exit(code: number): Promise<never> {
  await logWritten();
  process.exit(code);
}

/** SK-14: the first signal drains, the second ends the process at once. */
function watchForSignals(relay: Relay, tls: PairFiles | null): void {
  let isDraining = false;
  const end = async () => {
    if (isDraining) process.exit(1);
    isDraining = true;
    await relay.drain();
    log({ event: 'stopped' });
    await exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => void end());
  // Left to the system otherwise: a terminal that closes ends its relay.
  if (tls !== null) process.on('SIGHUP', () => reload(relay, tls));
}

/** OP-5. */
function reload(relay: Relay, tls: PairFiles): void {
  const pair = readPair(tls, readFile);
  if (typeof pair === 'string') {
    log({ event: 'tls_refused', code: pair });
    return;
  }
  try {
    relay.renew(pair);
    log({ event: 'tls_reloaded' });
  } catch {
    log({ event: 'tls_refused', code: 'unusable' });
  }
}

async function listen(wanted: Config): Promise<void> {
  const config = { ...wanted, maxSockets: maxSocketsWithin(wanted.maxSockets, readFile('/proc/self/limits')) };
  const site = siteOf(filesOf('web'), filesOf('docs'));
  if (config.listen.on === 'unix') await removeStale(config.listen.path);
  const pair = config.tls && readPair(config.tls, readFile);
  if (typeof pair === 'string') throw new Error('the certificate has changed since it was checked');
  const relay = startRelay(config, site, pair);
  watchForSignals(relay, config.tls);
  const { port, redirectPort, metricsPort } = relay;
  const { webClient, docs } = site;
  const [tls, sockets] = [pair !== null, config.maxSockets];
  log({ event: 'listening', port, tls, redirectPort, metricsPort, sockets, webClient, docs });
  console.log(`Pug Network is running: ${addressOf(config, relay)}`);
  if (!webClient) console.log('The web client is not built, so only the API is served: npm run build -w web');
}

/** The built files: those the executable carries, else those of this tree. */
function filesOf(part: 'web' | 'docs'): Files {
  if (embedded === null) return readFolder(join(tree, part === 'web' ? 'web' : 'site', 'dist'));
  return new Map(Object.entries(embedded[part]).map(([name, path]) => [name, bytesOf(path)]));
}

/** The address for people. A host that stands for every address of the machine is reached as localhost. */
function addressOf({ listen, tls }: Config, { port }: Relay): string {
  if (listen.on === 'unix') return `unix socket ${listen.path}`;
  const isAny = ['0.0.0.0', '::'].includes(listen.host);
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
  return `${tls === null ? 'http' : 'https'}://${isAny ? 'localhost' : host}:${port}`;
}

watchForFaults();
const start = readConfig({ args: process.argv.slice(2), env: process.env, readFile, version: about.version });
if (start.start === 'exit') {
  (start.code === 0 ? process.stdout : process.stderr).write(`${start.text}\n`);
  process.exitCode = start.code;
} else {
  await listen(start.config).catch(() => {
    log({ event: 'fault', code: 'listen_failed' });
    // Another listener may be up already and would keep the process alive.
    return exit(1);
  });
}
