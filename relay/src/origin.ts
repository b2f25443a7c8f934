/** Who may spend this relay (HT-15). */

export interface OwnOrigin {
  /** Whether this process speaks TLS itself. Behind a proxy that ends TLS it cannot know the outer scheme, and does not compare it. */
  readonly isTls: boolean;
  readonly allowedOrigins: readonly string[];
}

/** Whether a request with these headers may use the relay: it names no origin, the server's own, or one the operator lists. */
export function isOriginAllowed(headers: Headers, { isTls, allowedOrigins }: OwnOrigin): boolean {
  const origin = headers.get('origin');
  if (origin === null || allowedOrigins.includes(origin)) return true;
  const url = URL.parse(origin);
  if (url === null || (url.protocol !== 'https:' && (isTls || url.protocol !== 'http:'))) return false;
  // The scheme of the origin decides which port a Host header without one means.
  const own = URL.parse(`${url.protocol}//${headers.get('host') ?? ''}`);
  return own !== null && own.host !== '' && own.host === url.host && url.origin === origin;
}
