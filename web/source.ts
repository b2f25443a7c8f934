/** The source as the server offers it (`/source.tar.gz`): made by pure functions of the files' bytes, so that it is the same wherever it is made. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'fflate';
import { packTar } from 'modern-tar';
import type { Plugin } from 'vite';
import { sourceFiles } from '../tools/source.mjs';

export const archiveName = 'source.tar.gz';
/** The same for every file; tar complains about one before it. */
const changedAt = new Date('1980-01-01T00:00:00Z');
const [ordinary, runnable] = [0o644, 0o755];

/** The source of the tree at `root`, within a folder named by its version. Throws where a file of it is missing. */
export async function packSource(root: string): Promise<Uint8Array> {
  const { name, version }: { name: string; version: string } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const entries = sourceFiles(root).map((path) => {
    const body = readFileSync(join(root, path));
    const mode = body.subarray(0, 2).toString() === '#!' ? runnable : ordinary;
    const header = { name: `${name}-${version}/${path}`, size: body.length, mode, mtime: changedAt, uid: 0, gid: 0 };
    return { header, body: new Uint8Array(body) };
  });
  // The runtime's own compression differs from one processor to another.
  return gzipSync(await packTar(entries), { level: 9, mtime: 0 });
}

/** Puts the archive among the built files, and its size into the page, which offers it (About). */
export function source(root: string): Plugin {
  let archive = new Uint8Array();
  return {
    name: 'source',
    apply: 'build',
    async buildStart() {
      archive = new Uint8Array(await packSource(root));
    },
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { name: 'source-bytes', content: String(archive.length) }, injectTo: 'head' },
    ],
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: archiveName, source: archive });
    },
  };
}
