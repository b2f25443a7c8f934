/**
 * The built files of the web client and of the documentation, read once at the start. A request is answered from a map of exact paths, so
 * there is no way from a path to the file system.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { immutable, noStore, otherHeaders, pageHeaders, revalidated, varying } from './headers.ts';

/** Path within a folder, with `/` between its parts → bytes. */
export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

interface Form {
  /** All answers share one: bytes the runtime would copy for each, and keep the copy for whoever does not read it. */
  readonly body: Blob;
  readonly headers: Readonly<Record<string, string>>;
}

/** A file as it is sent (HT-19). */
export interface Asset {
  readonly whole: Form;
  /** The same, compressed; null where that is no shorter. */
  readonly short: Form | null;
}

/** It is compressed when it is first asked for. */
type Lazy = () => Asset;

/** A folder's path without its slash: relative links of the page would lead elsewhere. */
export interface Moved {
  readonly location: string;
}

/** All that is served as it lies there. */
export interface Site {
  /** Path as requested, with its leading slash → what is served there. */
  readonly assets: ReadonlyMap<string, Lazy | Moved>;
  readonly webClient: boolean;
  readonly docs: boolean;
  /** SHA-256 of the client's manifest (HT-16), 64 hex digits; null without one. */
  readonly manifest: string | null;
}

const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.gz': 'application/gzip',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

/** The builds put every file whose name holds its hash into this folder. */
const hashedFolder = 'assets/';
const page = 'index.html';

/** 4 in 100 shorter than zlib's best. The whole client takes 28 ms, the largest file of it 12. */
const shortest = { library: 'libdeflate', level: 10 } as const;

/** Reads every file in a folder; none when there is no such folder. */
export function readFolder(folder: string): Files {
  return new Map(namesIn(folder).map((name) => [name.split(sep).join('/'), bytesOf(join(folder, name))]));
}

/** What `web` (the client) and `docs` serve. Without an index.html either is not built. Files of a type not listed here are left out. */
export function siteOf(web: Files, docs: Files): Site {
  const [webClient, hasDocs] = [web.has(page), docs.has(page)];
  const assets = new Map<string, Lazy | Moved>([
    ...(webClient ? clientAssets(web) : []),
    ...(hasDocs ? docsAssets(docs) : []),
  ]);
  const manifest = web.get('manifest.txt');
  const isKnown = webClient && manifest !== undefined;
  const hash = isKnown ? createHash('sha256').update(manifest).digest('hex') : null;
  return { assets, webClient, docs: hasDocs, manifest: hash };
}

/** `/` and `/r` are the client's index.html. */
function clientAssets(files: Files): readonly (readonly [string, Lazy])[] {
  return served(files).flatMap(([path, type, bytes]) => {
    if (path !== page) return [[`/${path}`, fileAsset(path, type, bytes)] as const];
    const asset = assetOf(bytes, { ...pageHeaders, 'Content-Type': type });
    return [['/', asset] as const, ['/r', asset] as const];
  });
}

/** HT-18: a folder's index.html is served at the folder's path. */
function docsAssets(files: Files): readonly (readonly [string, Lazy | Moved])[] {
  return served(files).flatMap<readonly [string, Lazy | Moved]>(([path, type, bytes]) => {
    if (extname(path) !== '.html') return [[`/docs/${path}`, fileAsset(path, type, bytes)]];
    const asset = assetOf(bytes, { ...pageHeaders, 'Cache-Control': revalidated, 'Content-Type': type });
    const [, folder] = /^(.*)\/index\.html$/.exec(`docs/${path}`) ?? [];
    if (folder === undefined) return [[`/docs/${path}`, asset]];
    return [
      [`/${folder}/`, asset],
      [`/${folder}`, { location: `/${folder}/` }],
    ];
  });
}

function served(files: Files): readonly (readonly [path: string, type: string, bytes: Uint8Array<ArrayBuffer>])[] {
  return [...files].flatMap(([path, bytes]) => {
    const type = mediaTypes[extname(path)];
    return type === undefined ? [] : [[path, type, bytes] as const];
  });
}

function fileAsset(path: string, type: string, bytes: Uint8Array<ArrayBuffer>): Lazy {
  const cache = path.startsWith(hashedFolder) ? immutable : noStore;
  return assetOf(bytes, { ...otherHeaders, 'Cache-Control': cache, 'Content-Type': type });
}

function assetOf(bytes: Uint8Array<ArrayBuffer>, headers: Form['headers']): Lazy {
  let asset: Asset | null = null;
  return () => {
    asset ??= compressed(bytes, headers);
    return asset;
  };
}

function compressed(bytes: Uint8Array<ArrayBuffer>, headers: Form['headers']): Asset {
  const body = new Blob([bytes]);
  // What is packed gets no shorter, which takes a while to find out.
  const isPacked = headers['Content-Type'] === mediaTypes['.gz'];
  const shorter = isPacked ? bytes : Bun.gzipSync(bytes, shortest);
  if (shorter.length >= bytes.length) return { whole: { body, headers }, short: null };
  const both = { ...headers, ...varying };
  const short = { body: new Blob([shorter]), headers: { ...both, 'Content-Encoding': 'gzip' } };
  return { whole: { body, headers: both }, short };
}

function namesIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  } catch {
    return []; // Not built.
  }
}

export function bytesOf(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(path));
}
