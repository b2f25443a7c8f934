/** What a link whose key came here is answered with (LK-8). */
import { createHash } from 'node:crypto';
import { otherHeaders } from './headers.ts';

// No script and nothing to load: this page is for whoever's link was rewritten on its way.
export const exposedPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>This link was damaged on its way</title>
<style>
:root { color-scheme: light dark }
body { max-width: 36rem; margin: 0 auto; padding: 1rem; background: light-dark(#f6f1e8, #181315); color: light-dark(#281c21, #f3ebe6); font: 1.0625rem/1.6 system-ui, sans-serif }
h1, h2 { font-family: ui-serif, "New York", "Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", P052, "Noto Serif", Georgia, serif; line-height: 1.2; text-wrap: balance }
section { margin-top: 3rem; border-top: 1px solid light-dark(#e0d5c5, #40353a) }
a { display: inline-block; padding: 0.5rem 0; color: light-dark(#7a2655, #eeb1d0); font-weight: 600 }
</style>
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

const [, style = ''] = /<style>(.*)<\/style>/s.exec(exposedPage) ?? [];
const styleHash = createHash('sha256').update(style).digest('base64');

/** Those of every other answer, and leave for this page's own style (HT-11). */
export const exposedHeaders: Readonly<Record<string, string>> = {
  ...otherHeaders,
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'; sandbox`,
  'Content-Type': 'text/html; charset=utf-8',
};

/** Whether a path and query hold an escaped fragment (LK-8). */
export function isKeyExposed(target: string): boolean {
  return /%23|#/.test(target);
}
