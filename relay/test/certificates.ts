// Certificates for these tests, made by openssl in memory's stead: a folder that is gone when this returns.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pair } from '../src/tls.ts';

/** Two self-signed certificates for the loopback interface, each with a key of its own. */
export function certificates(): { readonly good: Pair; readonly other: Pair } {
  const folder = mkdtempSync(join(tmpdir(), 'pug-certificates-'));
  const [good, other] = [make(folder, 'good'), make(folder, 'other')];
  rmSync(folder, { recursive: true });
  return { good, other };
}

function make(folder: string, name: string): Pair {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const who = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const { exitCode, stderr } = Bun.spawnSync(['openssl', ...kind, ...who, '-keyout', key, '-out', cert]);
  if (exitCode !== 0) throw new Error(`openssl failed: ${stderr}`);
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}
