/** Which file becomes which page, and in what order people meet them. */

export interface PageEntry {
  /** The page's file without `.html`; also its name at `/docs/`. */
  readonly slug: string;
  /** Path from the root of the tree. */
  readonly source: string;
  /** What the navigation calls it. */
  readonly name: string;
}

export interface Section {
  readonly name: string;
  readonly pages: readonly PageEntry[];
}

/** What a link on another page says. The first page is the folder's own: the relay serves it at `/docs/` alone (HT-18). */
export const addressOf = (slug: string): string => (slug === 'index' ? './' : `${slug}.html`);

const page = (slug: string, source: string, name: string): PageEntry => ({ slug, source, name });
const doc = (slug: string, name: string): PageEntry => page(slug, `docs/${slug}.md`, name);

export const sections: readonly Section[] = [
  {
    name: 'Start here',
    pages: [
      page('index', 'docs/what-it-is.md', 'What it is'),
      doc('use-a-room', 'Use a room'),
      doc('faq', 'Questions and answers'),
      doc('how-it-compares', 'How it compares'),
      doc('what-it-is-not', 'What it is not'),
    ],
  },
  {
    name: 'Whom you trust',
    pages: [
      doc('trust-model', 'Trust model'),
      doc('cryptography', 'Cryptography in plain words'),
      page('threat-model', 'spec/threats.md', 'Threat model'),
      doc('verify-the-client', 'Verify the client'),
      doc('audit-it', 'Audit it'),
      doc('rules', 'Rules and their tests'),
      page('report-a-vulnerability', 'SECURITY.md', 'Report a vulnerability'),
    ],
  },
  {
    name: 'How it works',
    pages: [
      doc('architecture', 'Architecture'),
      doc('room-lifecycle', 'Room lifecycle'),
      doc('codes', 'Codes and limits'),
      page('repository', 'README.md', 'The repository'),
    ],
  },
  {
    name: 'Run a relay',
    pages: [
      doc('run-a-relay', 'Run a relay'),
      doc('configuration', 'Configuration'),
      doc('behind-a-proxy', 'Behind a proxy'),
      doc('docker', 'Docker and Kubernetes'),
      doc('systemd', 'systemd'),
      doc('deploy-on-render', 'Deploy on Render'),
      doc('self-host-go', 'Self-host the Go build'),
      doc('tor', 'Tor onion service'),
      doc('many-machines', 'Many machines'),
    ],
  },
  {
    name: 'Build on it',
    pages: [
      doc('client-library', 'A client or bot'),
      page('contributing', 'CONTRIBUTING.md', 'Contributing'),
      page('changelog', 'CHANGELOG.md', 'Changelog'),
    ],
  },
  {
    name: 'Protocol reference',
    pages: [
      page('protocol', 'PUG_NETWORK_LOGIC.md', 'Overview'),
      page('link', 'spec/link.md', 'The link'),
      page('http', 'spec/http.md', 'HTTP'),
      page('proof-of-work', 'spec/proof-of-work.md', 'Proof of work'),
      page('socket', 'spec/socket.md', 'The socket'),
      page('join', 'spec/join.md', 'Joining'),
      page('room', 'spec/room.md', 'The room'),
      page('limits', 'spec/limits.md', 'Limits'),
      page('encryption', 'spec/crypto.md', 'Encryption'),
      page('client', 'spec/client.md', 'The client'),
      page('operations', 'spec/operations.md', 'Operations'),
    ],
  },
];
