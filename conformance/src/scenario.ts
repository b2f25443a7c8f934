/** A scenario: what it proves, which relay it needs, what is said and must be heard. */
import type { Policy } from '@pug/wire';
import type { Trial } from './trial.ts';

/**
 * The kind of relay a scenario needs. A relay started here gets `flags`; one known by its URL is asked for its policy, and
 * `misfit` says why it will not do, or null when it does.
 */
export interface Setting {
  readonly name: string;
  readonly flags: readonly string[];
  readonly misfit: (policy: Policy) => string | null;
  /** Its scenarios do little but wait: where relays are started for it, others run meanwhile. */
  readonly waits?: true;
}

export interface Scenario {
  /** Begins with the ids of the rules it proves. */
  readonly title: string;
  readonly setting: Setting;
  readonly run: (trial: Trial) => Promise<void>;
}

/** The defaults of LM-1. */
export const standard: Setting = { name: 'standard', flags: [], misfit: () => null };

/** A relay that serves the web client, which must have been built. */
export const withPage: Setting = { name: 'with page', flags: [], misfit: () => null };

/** Every wait is short, so that a test can sit it out. */
export const brief: Setting = {
  name: 'brief',
  flags: [
    ...['--ttl-seconds-min', '1', '--join-timeout-seconds', '1', '--idle-timeout-seconds', '8'],
    ...['--empty-room-seconds', '1', '--pending-room-seconds', '2'],
  ],
  misfit: ({ ttlSeconds, joinTimeoutSeconds, idleTimeoutSeconds, emptyRoomSeconds, pendingRoomSeconds }) => {
    const longestSeconds = Math.max(ttlSeconds.min, joinTimeoutSeconds, emptyRoomSeconds, pendingRoomSeconds);
    return longestSeconds > 3 || idleTimeoutSeconds > 10 ? 'needs a relay whose times are a few seconds' : null;
  },
};

/** The same, for what only waits: others do not make it miss a moment. */
export const patient: Setting = { ...brief, name: 'patient', waits: true };

/** Big rooms, high rates, and little patience with who does not read. */
export const crowd: Setting = {
  name: 'crowd',
  flags: [
    ...['--ttl-seconds-max', '3600', '--capacity-max', '50', '--max-payload-bytes', '262144'],
    ...['--messages-per-second', '5000', '--message-burst', '10000'],
    ...['--bytes-per-second', '67108864', '--byte-burst', '67108864', '--queue-bytes', '524288'],
  ],
  misfit: ({ capacity, byteBurst }) =>
    capacity.max < 20 || byteBurst < 32 * 2 ** 20 ? 'needs rooms of 20 and bursts of 32 MiB' : null,
};

/** A process that the scenario may stop. */
export const mortal: Setting = {
  name: 'mortal',
  flags: ['--drain-seconds', '3'],
  misfit: () => 'needs a relay it may stop',
};

/** A listener behind which addresses tell nothing (LM-6). */
export const shared: Setting = {
  name: 'shared',
  flags: ['--shared'],
  misfit: () => 'needs a listener declared shared',
};

/** A relay with room for few. */
export const cramped: Setting = {
  name: 'cramped',
  flags: ['--max-rooms', '4'],
  misfit: () => 'needs a relay with few places',
};

/** An empty room ends at once. */
export const instant: Setting = {
  name: 'instant',
  flags: ['--empty-room-seconds', '0'],
  misfit: ({ emptyRoomSeconds }) => (emptyRoomSeconds > 0 ? 'needs a relay whose empty rooms end at once' : null),
};

/** A relay that is told who stands before it. */
export const proxied: Setting = {
  name: 'proxied',
  flags: ['--trusted-proxies', '127.0.0.0/8'],
  misfit: () => 'needs a relay that takes this machine for its proxy',
};

/** The rules a scenario proves: the ids its title begins with. */
export function rulesOf({ title }: Pick<Scenario, 'title'>): readonly string[] {
  return /^(?:[A-Z]{2}-\d+ )*/.exec(title)?.[0].trim().split(' ') ?? [];
}

export function scenario(title: string, run: Scenario['run'], setting: Setting = standard): Scenario {
  return { title, setting, run };
}
