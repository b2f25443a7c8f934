/** The few forms an HTTP answer takes. */
import { type Challenge, encodeProblem, type ProblemCode, problems } from '@pug/wire';
import type { Asset, Moved } from './assets.ts';
import { otherHeaders } from './headers.ts';

/** A JSON answer; `text` is in the one form of HT-1. */
export function json(status: number, text: string): Response {
  return answer(status, 'application/json', text);
}

/** A few words for a machine that asks how we are (HT-14). */
export function plain(status: number, text: string): Response {
  return answer(status, 'text/plain; charset=utf-8', text);
}

export function served(asset: Asset | Moved): Response {
  return 'location' in asset ? moved(asset.location) : new Response(asset.bytes, { headers: asset.headers });
}

/** The same thing is at another address, for good. */
export function moved(location: string): Response {
  return new Response(null, { status: 308, headers: { ...otherHeaders, Location: location } });
}

/** An error (HT-2), with a fresh challenge where PW-14 asks for one. */
export function problem(code: ProblemCode, challenge?: Challenge): Response {
  const { status, title } = problems[code];
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

// No script, no style, nothing to load: this page is for whoever's link was rewritten on its way (LK-8).
const keyExposedPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>This link was damaged on its way</title>
<h1>The key of this link was sent to the server</h1>
<p>Something that handled the link (a mail filter, a preview, a redirect) wrote its “#” as “%23”. The part after “#” is the key of the
room and must never leave a browser. This time it did, so whoever runs or watches this server could have seen it.</p>
<p>This server did not store or use it. Still, treat the room as open to others: ask whoever sent you the link to leave the room, open
a new one, and send its link in another way.</p>
<p><a href="/">Open a new room</a></p>
<section lang="de">
<h2>Der Schlüssel dieses Links wurde an den Server gesendet</h2>
<p>Etwas hat den Link unterwegs verändert (ein Mailfilter, eine Vorschau, eine Weiterleitung) und „#“ als „%23“ geschrieben. Der Teil nach
„#“ ist der Schlüssel des Raums und darf den Browser nie verlassen. Dieses Mal hat er es getan: wer diesen Server betreibt oder beobachtet,
könnte ihn gesehen haben.</p>
<p>Dieser Server hat ihn weder behalten noch benutzt. Behandeln Sie den Raum trotzdem als offen: bitten Sie, wer den Link geschickt hat, den
Raum zu verlassen, einen neuen zu öffnen und dessen Link auf einem anderen Weg zu schicken.</p>
<p><a href="/">Einen neuen Raum öffnen</a></p>
</section>
</html>
`;

/** Whether a path and query hold an escaped fragment (LK-8). */
export function isKeyExposed(target: string): boolean {
  return /%23|#/.test(target);
}

/** The page for a path with an escaped fragment (LK-8). It does not depend on the path. */
export function keyExposed(): Response {
  return answer(problems.key_exposed.status, 'text/html; charset=utf-8', keyExposedPage);
}

function answer(status: number, type: string, text: string): Response {
  return new Response(text, { status, headers: { ...otherHeaders, 'Content-Type': type } });
}
