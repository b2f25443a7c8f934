/** The few forms an HTTP answer takes. */
import { type Challenge, encodeProblem, type ProblemCode, problems, problemTitles } from '@pug/wire';
import type { Asset, Moved } from './assets.ts';
import { exposedHeaders, exposedPage } from './exposed.ts';
import { otherHeaders } from './headers.ts';

/** A JSON answer; `text` is in the one form of HT-1. */
export function json(status: number, text: string): Response {
  return answer(status, 'application/json', text);
}

/** A few words for a machine that asks how we are (HT-14). */
export function plain(status: number, text: string): Response {
  return answer(status, 'text/plain; charset=utf-8', text);
}

/** @param accepted the request's Accept-Encoding (HT-19) */
export function served(asset: (() => Asset) | Moved, accepted: string | null): Response {
  if ('location' in asset) return moved(asset.location);
  const { whole, short } = asset();
  const { body, headers } = (takesGzip(accepted) && short) || whole;
  return new Response(body, { headers });
}

/** Whether gzip is named, with a weight that is not 0 (RFC 9110, section 12.5.3). */
export function takesGzip(accepted: string | null): boolean {
  const named = /(?:^|,)[ \t]*gzip[ \t]*(?:;[ \t]*q=([\d.]+)[ \t]*)?(?:,|$)/i.exec(accepted ?? '');
  return named !== null && Number(named[1] ?? 1) > 0;
}

/** The same thing is at another address, for good. */
export function moved(location: string): Response {
  return new Response(null, { status: 308, headers: { ...otherHeaders, Location: location } });
}

/** An error (HT-2), with a fresh challenge where PW-14 asks for one. */
export function problem(code: ProblemCode, challenge?: Challenge): Response {
  const { status } = problems[code];
  const title = problemTitles[code];
  const type = `urn:pug:error:${code}` as const;
  const text = encodeProblem({ type, title, status, code, ...(challenge && { challenge }) });
  return answer(status, 'application/problem+json', text);
}

/** The refusal of a known path's wrong method (HT-9). */
export function methodNotAllowed(allow: string): Response {
  const response = problem('method_not_allowed');
  response.headers.set('Allow', allow);
  return response;
}

/** The page for a path with an escaped fragment (LK-8). It does not depend on the path. */
export function keyExposed(): Response {
  return new Response(exposedPage, { status: problems.key_exposed.status, headers: exposedHeaders });
}

function answer(status: number, type: string, text: string): Response {
  return new Response(text, { status, headers: { ...otherHeaders, 'Content-Type': type } });
}
