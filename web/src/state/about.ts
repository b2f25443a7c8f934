/** What this page is, and what the server says that it delivers (HT-16). */
import { platform } from '../platform/relay.ts';

// By its name: as an object, the whole file would be part of the page.
export { version } from '../../package.json';

const sha256Hex = /^[0-9a-f]{64}$/;

/** Whether this server serves the documentation (HT-18). */
export async function hasDocs(): Promise<boolean> {
  try {
    return (await platform.request('GET', '/docs/')).status === 200;
  } catch {
    return false;
  }
}

/** The SHA-256, in hex, of the list of files that the server says it delivers; null when it does not say. */
export async function servedManifest(): Promise<string | null> {
  try {
    const { text } = await platform.request('GET', '/version');
    const answer: unknown = JSON.parse(text);
    const manifest = typeof answer === 'object' && answer !== null && 'manifest' in answer ? answer.manifest : null;
    return typeof manifest === 'string' && sha256Hex.test(manifest) ? manifest : null;
  } catch {
    return null;
  }
}
