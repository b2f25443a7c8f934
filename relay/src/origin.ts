/** Who may spend this relay (HT-15). */

/**
 * Whether a request with these headers may use the relay: it names no origin, the server's own, or one the operator lists.
 * The scheme is not compared, because behind a proxy that ends TLS this process cannot know the outer one.
 */
export function isOriginAllowed(headers: Headers, allowedOrigins: readonly string[]): boolean {
  const origin = headers.get('origin');
  if (origin === null || allowedOrigins.includes(origin)) return true;
  const url = URL.parse(origin);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false;
  // The scheme of the origin decides which port a Host header without one means.
  const own = URL.parse(`${url.protocol}//${headers.get('host') ?? ''}`);
  return own !== null && own.host !== '' && own.host === url.host && url.origin === origin;
}
