/** Requests to the relay that may hang for ever, and its policy (HT-8). */
import { decodePolicy, type Policy } from '@pug/wire';
import type { Answer, Platform } from './api.ts';

/** How long an answer may take. */
export const answerWithinMs = 10_000;

/** The answer to a request, or null when none came in time. */
export function ask(platform: Platform, method: 'GET' | 'POST', path: string, body?: string): Promise<Answer | null> {
  return new Promise((done) => {
    const cancel = platform.after(answerWithinMs, () => done(null));
    const settle = (answer: Answer | null): void => {
      cancel();
      done(answer);
    };
    platform.request(method, path, body).then(settle, () => settle(null));
  });
}

/** The limits of this relay, or null when it did not answer, or not in the one form. */
export async function fetchPolicy(platform: Platform): Promise<Policy | null> {
  const answer = await ask(platform, 'GET', '/api/v1/policy');
  return answer?.status === 200 ? decodePolicy(answer.text) : null;
}
