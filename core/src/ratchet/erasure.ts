/** Overwriting the secrets of groups (CR-11). What the library hands out as used up is not all of it. */
import { zeroOutUint8Array } from 'ts-mls/util/byteArray.js';
import type { Group } from './group.ts';

/** The secrets that can be reached: of the epoch, of those kept for late messages, and of the path. */
function secretsOf({ state }: Group): readonly Uint8Array[] {
  const { keySchedule, privatePath, secretTree, historicalReceiverData } = state;
  const past = [...historicalReceiverData.values()];
  const nodes = [secretTree, ...past.map((kept) => kept.secretTree)].flat();
  return [
    ...Object.values(keySchedule).filter((value) => value instanceof Uint8Array),
    ...Object.values(privatePath.privateKeys),
    ...past.flatMap(({ senderDataSecret, resumptionPsk }) => [senderDataSecret, resumptionPsk]),
    ...nodes.flatMap(({ application, handshake }) => [application.secret, handshake.secret]),
  ];
}

export function overwrite(group: Group): void {
  secretsOf(group).forEach(zeroOutUint8Array);
}

/** Overwrites what `group` has and `kept` does not: the two are values of one group, and share what did not change. */
export function overwriteBut(kept: Group, group: Group): void {
  const used = new Set(secretsOf(kept));
  for (const secret of secretsOf(group)) if (!used.has(secret)) zeroOutUint8Array(secret);
}
