/** What a relay says it is and what it serves: version, manifest, documentation (HT-16 … HT-19). */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { type Answer, headerOf } from '../http.ts';
import { demand } from '../peer.ts';
import { type Scenario, scenario, withPage } from '../scenario.ts';
import type { Trial } from '../trial.ts';
import { hasOtherHeaders } from './http.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function version(trial: Trial): Promise<void> {
  const { status, text, headers } = await trial.exchange({ path: '/version' });
  const form = /^\{"version":"\d+\.\d+\.\d+","protocol":1(?:,"manifest":"([0-9a-f]{64})")?\}$/;
  const [whole, manifest] = form.exec(text) ?? [];
  demand(status === 200 && whole !== undefined, `HT-16: the version is of its form: ${text}`);
  demand(headerOf({ headers }, 'content-type') === 'application/json', 'HT-16: it is application/json');
  const page = await trial.exchange({ path: '/' });
  demand((manifest !== undefined) === (page.status === 200), 'HT-16: there is a manifest where there is a page');
  if (manifest === undefined) return;
  const listed = await trial.exchange({ path: '/manifest.txt' });
  demand(sha256(listed.body) === manifest, 'HT-16: manifest is the hash of /manifest.txt');
}

async function manifest(trial: Trial): Promise<void> {
  const listed = await trial.exchange({ path: '/manifest.txt' });
  trial.needs(listed.status === 200, 'a relay that serves a client with its manifest');
  demand(listed.text.endsWith('\n'), 'HT-17: each line is ended');
  const lines = listed.text.slice(0, -1).split('\n');
  const paths: string[] = [];
  for (const line of lines) {
    const [, hash, path = ''] = /^([0-9a-f]{64}) {2}(\S.*)$/.exec(line) ?? [];
    demand(path !== '' && path !== 'manifest.txt', `HT-17: a line is a hash and a path: ${line}`);
    const answer = await trial.exchange({ path: path === 'index.html' ? '/' : `/${path}` });
    demand(answer.status === 200 && sha256(answer.body) === hash, `HT-17: ${path} is what its line says`);
    paths.push(path);
  }
  const sorted = paths.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  demand(paths.join('\n') === sorted.join('\n'), 'HT-17: the lines are sorted by path');
  demand(paths.includes('index.html'), 'HT-17: the page is among them');
}

/** Status, headers and body, but for the time. */
const comparable = ({ status, headers, text }: Answer) =>
  JSON.stringify([status, headers.filter(([name]) => name !== 'date'), text]);

async function documentation(trial: Trial): Promise<void> {
  const folder = await trial.exchange({ path: '/docs/' });
  const slashless = await trial.exchange({ path: '/docs' });
  if (folder.status !== 200) {
    const unknown = comparable(await trial.exchange({ path: '/nothing' }));
    const are = [folder, slashless].map(comparable);
    demand(
      are.every((one) => one === unknown),
      'HT-18: what was not built is unknown',
    );
    return;
  }
  demand(slashless.status === 308, 'HT-18: a folder without its slash is elsewhere');
  demand(headerOf(slashless, 'location') === '/docs/', 'HT-18: which is at the slash');
  hasOtherHeaders(slashless, '/docs');
  demand(/^text\/html/.test(headerOf(folder, 'content-type') ?? ''), 'HT-18: it is a page');
  demand(headerOf(folder, 'cache-control') === 'no-cache, no-transform', 'HT-18: a page may be kept but is asked for');
  const page = await trial.exchange({ path: '/' });
  const differing = ['date', 'content-length', 'cache-control'];
  const others = ({ headers }: Answer) => JSON.stringify(headers.filter(([name]) => !differing.includes(name)).sort());
  demand(page.status !== 200 || others(folder) === others(page), 'HT-18: its other headers are those of HT-10');
}

/** The pages, and every file that they load. */
async function filesOf(trial: Trial): Promise<readonly string[]> {
  const files: string[] = [];
  for (const folder of ['/', '/docs/']) {
    const { status, text } = await trial.exchange({ path: folder });
    if (status !== 200) continue;
    const named = [...text.matchAll(/<(?:script|link|img)[^>]* (?:src|href)="([^":]+)"/g)];
    files.push(folder, ...named.map(([, path = '']) => new URL(path, new URL(folder, trial.relay.url)).pathname));
  }
  return [...new Set(files)];
}

async function compressed(trial: Trial): Promise<void> {
  const files = await filesOf(trial);
  trial.needs(files.length > 0, 'a relay that serves a client or a documentation');
  const get = (path: string, accepted: string) =>
    trial.exchange({ path, headers: accepted === '' ? [] : [['Accept-Encoding', accepted]] });
  let shorterFiles = 0;
  for (const path of files) {
    const [whole, short] = [await get(path, ''), await get(path, 'br, gzip;q=0.5')];
    demand(headerOf(whole, 'content-encoding') === null, `HT-19: ${path} is whole for whoever does not ask`);
    demand(headerOf(short, 'vary') === headerOf(whole, 'vary'), `HT-19: ${path} has the same Vary in both forms`);
    if (headerOf(short, 'content-encoding') === null) continue;
    shorterFiles++;
    demand(headerOf(short, 'content-encoding') === 'gzip', `HT-19: ${path} is compressed with gzip`);
    demand(headerOf(short, 'vary') === 'Accept-Encoding', `HT-19: ${path} says that it has two forms`);
    demand(short.body.length < whole.body.length, `HT-19: ${path} is shorter compressed`);
    demand(gunzipSync(short.body).equals(whole.body), `HT-19: ${path} is the same compressed`);
    for (const refusal of ['gzip;q=0', 'br, GZIP ; q=0.000', 'identity', 'xgzip']) {
      demand(headerOf(await get(path, refusal), 'content-encoding') === null, `HT-19: ${path} is whole for ${refusal}`);
    }
  }
  demand(shorterFiles > 0, 'HT-19: what can be shorter is');
  for (const path of ['/api/v1/policy', '/api/v1/challenge', '/version', '/nothing']) {
    const { headers } = await get(path, 'gzip');
    demand(headerOf({ headers }, 'content-encoding') === null, `HT-19: ${path} is never compressed`);
    demand(headerOf({ headers }, 'vary') === null, `HT-19: ${path} has one form`);
  }
}

export const servedScenarios: readonly Scenario[] = [
  scenario('HT-16 HT-1 a relay says its version, and what it serves by one hash', version),
  scenario('HT-17 HT-16 every file of the client is what the manifest says', manifest, withPage),
  scenario('HT-18 HT-9 the documentation is served where it was built', documentation),
  scenario('HT-19 files are compressed for whoever takes that, and nothing else is', compressed, withPage),
];
