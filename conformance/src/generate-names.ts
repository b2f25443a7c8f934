/** Vectors of names and tags (CR-16): the two lists, and what follows from a key. */
import { ascii, fixed, hex, sha256, type Vector } from './vector.ts';

const adjectives: readonly string[] = [
  ...['Amber', 'Ample', 'Azure', 'Bold', 'Brave', 'Breezy', 'Bright', 'Brisk'],
  ...['Calm', 'Candid', 'Careful', 'Cheerful', 'Clear', 'Clever', 'Cosy', 'Crisp'],
  ...['Curious', 'Daring', 'Dapper', 'Eager', 'Early', 'Earnest', 'Easy', 'Fabled'],
  ...['Fair', 'Faithful', 'Fond', 'Frank', 'Friendly', 'Gentle', 'Glad', 'Golden'],
  ...['Graceful', 'Happy', 'Hardy', 'Honest', 'Humble', 'Jolly', 'Keen', 'Kind'],
  ...['Lively', 'Loyal', 'Lucid', 'Lucky', 'Mellow', 'Merry', 'Mighty', 'Modest'],
  ...['Neat', 'Nimble', 'Noble', 'Patient', 'Placid', 'Polite', 'Proud', 'Quick'],
  ...['Quiet', 'Serene', 'Silver', 'Steady', 'Sunny', 'Tender', 'Tidy', 'Warm'],
];

const animals: readonly string[] = [
  ...['Alpaca', 'Badger', 'Beaver', 'Bison', 'Bobcat', 'Camel', 'Caribou', 'Cheetah'],
  ...['Condor', 'Coyote', 'Crane', 'Cricket', 'Dingo', 'Dolphin', 'Dove', 'Duck'],
  ...['Eagle', 'Egret', 'Falcon', 'Ferret', 'Finch', 'Fox', 'Gazelle', 'Gecko'],
  ...['Gibbon', 'Giraffe', 'Heron', 'Hippo', 'Ibex', 'Iguana', 'Jackdaw', 'Jaguar'],
  ...['Kestrel', 'Kiwi', 'Koala', 'Lemur', 'Leopard', 'Llama', 'Lobster', 'Lynx'],
  ...['Magpie', 'Marmot', 'Marten', 'Meerkat', 'Moose', 'Narwhal', 'Ocelot', 'Osprey'],
  ...['Otter', 'Panda', 'Panther', 'Pelican', 'Penguin', 'Puffin', 'Quail', 'Rabbit'],
  ...['Raven', 'Robin', 'Salmon', 'Sparrow', 'Swan', 'Tapir', 'Walrus', 'Wombat'],
];

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function list(name: string, comment: string, words: readonly string[]): Vector {
  return { path: `names/${name}`, rule: 'CR-16', expect: 'accept', comment, data: { list: words } };
}

function persona(name: string, comment: string, signatureKey: Uint8Array): Vector {
  const [first = 0, second = 0, ...more] = sha256(ascii('pug/1 name'), signatureKey);
  const data = {
    signatureKey: hex(signatureKey),
    name: `${adjectives[first % 64]} ${animals[second % 64]}`,
    tag: more
      .slice(0, 4)
      .map((byte) => alphabet[byte % 32])
      .join(''),
  };
  return { path: `names/${name}`, rule: 'CR-16', expect: 'accept', comment, data };
}

export const nameVectors: readonly Vector[] = [
  list('adjectives', 'the 64 adjectives, in order', adjectives),
  list('animals', 'the 64 animals, in order', animals),
  persona('persona-1', 'name and tag of a key', fixed('signature key 1', 32)),
  persona('persona-2', 'name and tag of another key', fixed('signature key 2', 32)),
  persona('persona-zeros', 'name and tag of a key of zeros', new Uint8Array(32)),
];
