/** Response headers (HT-10 … HT-12, HT-19): two sets and nothing else, so that no answer can leave one out. */

/** Features a chat page has no use for. Each is named because a browser allows what is not. */
const refusedFeatures = [
  'accelerometer',
  'aria-notify',
  'autoplay',
  'browsing-topics',
  'camera',
  'captured-surface-control',
  'clipboard-read',
  'compute-pressure',
  'deferred-fetch',
  'deferred-fetch-minimal',
  'digital-credentials-create',
  'digital-credentials-get',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'gamepad',
  'geolocation',
  'gyroscope',
  'hid',
  'identity-credentials-get',
  'idle-detection',
  'keyboard-map',
  'language-detector',
  'language-model',
  'local-fonts',
  'local-network',
  'local-network-access',
  'loopback-network',
  'magnetometer',
  'microphone',
  'midi',
  'on-device-speech-recognition',
  'otp-credentials',
  'payment',
  'picture-in-picture',
  'private-state-token-issuance',
  'private-state-token-redemption',
  'publickey-credentials-create',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'speaker-selection',
  'storage-access',
  'summarizer',
  'sync-xhr',
  'translator',
  'unload',
  'usb',
  'window-management',
  'xr-spatial-tracking',
];

const permissionsPolicy = [
  ...refusedFeatures.map((feature) => `${feature}=()`),
  'clipboard-write=(self)',
  'web-share=(self)',
].join(', ');

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const robots = 'noindex, nofollow, noarchive, nosnippet, noimageindex';

export const noStore = 'no-store, no-transform';
/** For assets whose name holds their hash: the name changes with the bytes. */
export const immutable = 'public, max-age=31536000, immutable, no-transform';

/** For pages that may be kept but must be asked about. */
export const revalidated = 'no-cache, no-transform';
/** On files that have a compressed form, in either form (HT-19). */
export const varying = { Vary: 'Accept-Encoding' };
/** On every answer over TLS, and only there. */
export const strictTransport = 'max-age=63072000; includeSubDomains';

/** The page's headers (HT-10), all but `Content-Type`. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'Integrity-Policy': 'blocked-destinations=(script)',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'X-Robots-Tag': robots,
  'X-DNS-Prefetch-Control': 'off',
  'Cache-Control': noStore,
  'Permissions-Policy': permissionsPolicy,
};

/** The headers of every other answer (HT-11), all but `Content-Type`. */
export const otherHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Robots-Tag': robots,
  'Cache-Control': noStore,
};
