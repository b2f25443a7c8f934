/** The certificate and its key (OP-4, OP-5): read strictly, so that a pair the runtime would not serve is found out before it is asked to. */
import { createPrivateKey, X509Certificate } from 'node:crypto';

/** Paths of the two PEM files. */
export interface PairFiles {
  readonly cert: string;
  readonly key: string;
}

/** What is in them. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export type PairFault = 'unreadable' | 'unusable';

const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Reads both files. @param readFile gives the text of a file, or null when it cannot be read */
export function readPair(files: PairFiles, readFile: (path: string) => string | null): Pair | PairFault {
  const [cert, key] = [readFile(files.cert), readFile(files.key)];
  if (cert === null || key === null) return 'unreadable';
  return isPair({ cert, key }) ? { cert, key } : 'unusable';
}

/** Whether every certificate can be read and the first is the key's. */
function isPair({ cert, key }: Pair): boolean {
  try {
    const [own] = (cert.match(certificateBlock) ?? []).map((block) => new X509Certificate(block));
    return own?.checkPrivateKey(createPrivateKey(key)) ?? false;
  } catch {
    return false;
  }
}
