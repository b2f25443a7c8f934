/**
 * The web client's built files, read once at the start. A request is answered from a map of exact paths, so there is no way from a
 * path to the file system.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { immutable, noStore, otherHeaders, pageHeaders } from './headers.ts';

export interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Path as requested, with its leading slash → what is served there. */
export type Assets = ReadonlyMap<string, Asset>;

const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

/** The build puts every file whose name holds its hash into this folder. */
const hashedFolder = '/assets/';

/**
 * Reads the built web client in `folder`; `/` and `/r` are its index.html. Files of a type not listed here are left out.
 * @returns null when there is no folder or no index.html in it
 */
export function loadAssets(folder: string): Assets | null {
  const assets = new Map<string, Asset>();
  for (const path of filesOf(folder)) {
    const type = mediaTypes[extname(path)];
    if (type === undefined) continue;
    const bytes = new Uint8Array(readFileSync(join(folder, path)));
    const url = `/${path.split(sep).join('/')}`;
    if (url === '/index.html') for (const page of ['/', '/r']) assets.set(page, pageOf(bytes));
    else assets.set(url, { bytes, headers: assetHeaders(url, type) });
  }
  return assets.has('/') ? assets : null;
}

function filesOf(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  } catch {
    return []; // Not built.
  }
}

function pageOf(bytes: Uint8Array<ArrayBuffer>): Asset {
  return { bytes, headers: { ...pageHeaders, 'Content-Type': 'text/html; charset=utf-8' } };
}

function assetHeaders(url: string, type: string): Readonly<Record<string, string>> {
  const cache = url.startsWith(hashedFolder) ? immutable : noStore;
  return { ...otherHeaders, 'Cache-Control': cache, 'Content-Type': type };
}
