// Ed25519 checks a second on one core, nothing around them: verify.ts <milliseconds>. Prints one line of JSON, microseconds of CPU for one check.
import { createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';

const ms = Number(process.argv[2]);
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const message = randomBytes(58);
const signature = sign(null, message, privateKey);
const jwk = publicKey.export({ format: 'jwk' });

function microsecondsOf(check: () => boolean): number {
  let done = 0;
  const from = process.cpuUsage();
  const startedAtMs = performance.now();
  while (performance.now() - startedAtMs < ms) {
    if (!check()) throw new Error('a good signature was refused');
    done++;
  }
  const { user, system } = process.cpuUsage(from);
  return (user + system) / done;
}

const checkUs = microsecondsOf(() => verify(null, message, publicKey, signature));
const importAndCheckUs = microsecondsOf(() => {
  return verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature);
});
console.log(JSON.stringify({ checkUs, importAndCheckUs }));
