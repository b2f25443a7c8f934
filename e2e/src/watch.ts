/** What must never happen on any page of any story: a request to another origin, a policy violation, an error nobody caught. */
import type { BrowserContext, Page } from '@playwright/test';

/** What a browser says for a connection that a story has cut on purpose. */
const expectedNoise = /WebSocket|Failed to load resource|net::ERR|NetworkError|can.t establish|was interrupted/i;
/** The SHA-384 of no bytes: Firefox holds a script against its hash that did not arrive, as when the page was left. */
const hashOfNothing = 'OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb';
const marker = 'policy violated:';

export class Watch {
  readonly problems: string[] = [];
  readonly requests: string[] = [];
  readonly #origins = new Set<string>();
  readonly #forgiven: RegExp[] = [];

  /** Requests to `origin` are fine. */
  allow(origin: string): void {
    this.#origins.add(origin);
  }

  /** From here on what matches is no problem: a story does on purpose what the page never does. */
  forgive(pattern: RegExp): void {
    this.#forgiven.push(pattern);
  }

  async on(context: BrowserContext): Promise<void> {
    await context.addInitScript((marker) => {
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
        console.error(`${marker} ${effectiveDirective} ${blockedURI}`);
      });
    }, marker);
    context.on('page', (page) => this.#watch(page));
  }

  #watch(page: Page): void {
    page.on('request', (request) => {
      const url = request.url();
      this.requests.push(url);
      if (/^(data|blob|about):/.test(url)) return;
      if (!this.#origins.has(new URL(url).origin)) this.#report(`a request to another origin: ${new URL(url).origin}`);
    });
    page.on('pageerror', ({ message }) => {
      // Firefox tells of a connection that failed as if it were an error.
      const isExpected = expectedNoise.test(message) || message.includes(hashOfNothing);
      if (!isExpected) this.#report(`an error nobody caught: ${message}`);
    });
    page.on('console', (message) => {
      const text = message.text();
      const isViolation = text.includes(marker) || /content.security.policy|trusted ?type|integrity/i.test(text);
      const isError = message.type() === 'error' && !expectedNoise.test(text);
      if (isViolation || isError) this.#report(`on the console: ${text}`);
    });
  }

  #report(problem: string): void {
    if (!this.#forgiven.some((pattern) => pattern.test(problem))) this.problems.push(problem);
  }
}
