/** What all pages share: one stylesheet, one script, the logo, pictures. Each file is named by its hash, so that it can be kept for ever. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';

export interface Asset {
  /** Relative to the pages: `assets/name-hash.ext`. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** For `integrity`, as Integrity-Policy asks of scripts (HT-10). */
  readonly integrity: string;
}

export function assetOf(name: string, content: string | Uint8Array): Asset {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const ending = extname(name);
  return {
    path: `assets/${basename(name, ending)}-${hash}${ending}`,
    bytes,
    integrity: `sha384-${createHash('sha384').update(bytes).digest('base64')}`,
  };
}

/**
 * The stylesheet: the client's tokens, then ours. Throws when ours uses a token that neither defines, so that a change of the client's
 * look cannot silently take a colour from the site.
 */
export function stylesheet(root: string): string {
  const tokens = readFileSync(join(root, 'web/src/style/tokens.css'), 'utf8');
  const own = ['text.css', 'frame.css'].map((name) => readFileSync(join(import.meta.dir, name), 'utf8')).join('\n');
  const sheet = `${tokens}\n${own}`.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\n\s*/g, '\n');
  const defined = new Set([...sheet.matchAll(/(--[\w-]+)\s*:/g)].map(([, name]) => name));
  const undefinedOnes = [...sheet.matchAll(/var\((--[\w-]+)/g)]
    .map(([, name]) => name)
    .filter((name) => !defined.has(name));
  if (undefinedOnes.length > 0)
    throw new Error(`the site uses what tokens.css does not define: ${undefinedOnes.join(', ')}`);
  return sheet;
}

/** The search box's script, with MiniSearch in it. */
export async function script(): Promise<string> {
  const built = await Bun.build({
    entrypoints: [join(import.meta.dir, 'browser', 'search.ts')],
    target: 'browser',
    format: 'esm',
    minify: true,
  });
  const [output] = built.outputs;
  if (output === undefined || built.outputs.length !== 1) throw new Error('the script is not one file');
  return output.text();
}

/** A drawing, to stand in the page: its colours come from the stylesheet, and its ids are the page's alone. */
export function drawing(svg: string, name: string): string {
  const inPage = svg
    .replace(/<style>[\s\S]*?<\/style>\s*/, '')
    .replace(/<!--[\s\S]*?-->\s*/g, '')
    .replace(/\s(id|aria-labelledby|marker-end)="([^"]+)"/g, (_, attribute: string, value: string) => {
      const named = attribute === 'marker-end' ? value.replace('#', `#${name}-`) : prefixed(value, name);
      return ` ${attribute}="${named}"`;
    });
  return `<figure class="diagram">${inPage.trim()}</figure>`;
}

function prefixed(ids: string, name: string): string {
  return ids
    .split(' ')
    .map((id) => `${name}-${id}`)
    .join(' ');
}

/** Width and height of a PNG, from its header (RFC 2083 section 4.1.1). */
export function pngSize(bytes: Uint8Array): { readonly width: number; readonly height: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
