/** Names to begin with (CL-8): calm, short, said the same way by everybody, insulting to nobody. */

const adjectives = [
  ...['Amber', 'Ample', 'Azure', 'Bold', 'Brave', 'Breezy', 'Bright', 'Brisk'],
  ...['Calm', 'Candid', 'Careful', 'Cheerful', 'Clear', 'Clever', 'Cosy', 'Crisp'],
  ...['Curious', 'Daring', 'Dapper', 'Eager', 'Early', 'Earnest', 'Easy', 'Fabled'],
  ...['Fair', 'Faithful', 'Fond', 'Frank', 'Friendly', 'Gentle', 'Glad', 'Golden'],
  ...['Graceful', 'Happy', 'Hardy', 'Honest', 'Humble', 'Jolly', 'Keen', 'Kind'],
  ...['Lively', 'Loyal', 'Lucid', 'Lucky', 'Mellow', 'Merry', 'Mighty', 'Modest'],
  ...['Neat', 'Nimble', 'Noble', 'Patient', 'Placid', 'Polite', 'Proud', 'Quick'],
  ...['Quiet', 'Serene', 'Silver', 'Steady', 'Sunny', 'Tender', 'Tidy', 'Warm'],
] as const;

const animals = [
  ...['Alpaca', 'Badger', 'Beaver', 'Bison', 'Bobcat', 'Camel', 'Caribou', 'Cheetah'],
  ...['Condor', 'Coyote', 'Crane', 'Cricket', 'Dingo', 'Dolphin', 'Dove', 'Duck'],
  ...['Eagle', 'Egret', 'Falcon', 'Ferret', 'Finch', 'Fox', 'Gazelle', 'Gecko'],
  ...['Gibbon', 'Giraffe', 'Heron', 'Hippo', 'Ibex', 'Iguana', 'Jackdaw', 'Jaguar'],
  ...['Kestrel', 'Kiwi', 'Koala', 'Lemur', 'Leopard', 'Llama', 'Lobster', 'Lynx'],
  ...['Magpie', 'Marmot', 'Marten', 'Meerkat', 'Moose', 'Narwhal', 'Ocelot', 'Osprey'],
  ...['Otter', 'Panda', 'Panther', 'Pelican', 'Penguin', 'Puffin', 'Quail', 'Rabbit'],
  ...['Raven', 'Robin', 'Salmon', 'Sparrow', 'Swan', 'Tapir', 'Walrus', 'Wombat'],
] as const;

/** The name that two random bytes choose, one of 4,096. Throws RangeError when there are not two. */
export function nameFrom(random: Uint8Array): string {
  const [first, second] = random;
  if (random.length !== 2 || first === undefined || second === undefined) throw new RangeError('a name takes 2 bytes');
  // 256 is a multiple of both list lengths: every name is equally likely.
  return `${adjectives[first % adjectives.length]} ${animals[second % animals.length]}`;
}
