/**
 * The room next door while a relay is fuzzed, in a thread of its own so that only the relay can slow it down.
 * Told `start` with the relay's address it moves in and talks; each `mark` is answered with the latencies since the last one.
 */
import { Neighbours } from './neighbours.ts';
import { relayAt } from './relay.ts';

declare const self: Worker;

/** Between two rounds of talk: below three quarters of the default message rate (CL-11). */
const pauseMs = 70;

let latenciesMs: number[] = [];

async function live(url: URL): Promise<never> {
  const neighbours = await Neighbours.moveIn(await relayAt(url));
  postMessage('ready');
  for (;;) {
    latenciesMs.push(await neighbours.talk());
    neighbours.trial.relay.planted.clear();
    await Bun.sleep(pauseMs);
  }
}

self.onmessage = ({ data }: MessageEvent<{ start: string } | 'mark'>) => {
  if (data === 'mark') {
    postMessage(latenciesMs);
    latenciesMs = [];
    return;
  }
  void live(new URL(data.start));
};
