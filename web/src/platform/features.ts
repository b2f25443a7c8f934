/** What this page cannot do without. Tested, never guessed from the browser's name. */

export const features = ['secure_context', 'ed25519', 'pbkdf2', 'hkdf', 'aes_gcm', 'websocket', 'dialog'] as const;
export type Feature = (typeof features)[number];

const key = new Uint8Array(32).fill(1);
// The head of a PKCS#8 private key for Ed25519 (RFC 8410 section 7): the seed follows.
const ed25519Head = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

const tests: Record<Feature, () => unknown> = {
  secure_context: () => isSecureContext,
  ed25519: () =>
    crypto.subtle.importKey('pkcs8', Uint8Array.from([...ed25519Head, ...key]), 'Ed25519', false, ['sign']),
  pbkdf2: () => crypto.subtle.importKey('raw', key, 'PBKDF2', false, ['deriveBits']),
  hkdf: () => crypto.subtle.importKey('raw', key, 'HKDF', false, ['deriveBits']),
  aes_gcm: () => crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']),
  websocket: () => typeof WebSocket === 'function',
  dialog: () => typeof HTMLDialogElement.prototype.showModal === 'function',
};

async function works(feature: Feature): Promise<boolean> {
  try {
    return Boolean(await tests[feature]());
  } catch {
    return false;
  }
}

/** What is missing here, in the order of `features`; empty when everything works. */
export async function missingFeatures(): Promise<Feature[]> {
  const working = await Promise.all(features.map(works));
  return features.filter((_feature, at) => !working[at]);
}
