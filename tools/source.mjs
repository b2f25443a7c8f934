// Which files are the source: those that the server offers to everybody who uses it, as section 13 of the AGPL asks (web/source.ts).
// By name and not by asking git: an image is built without it, a tree that was unpacked has none, and each must make the same archive.
// What lies in the tree by chance, a key or a file of settings, must not be offered: only what is named here is.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** All of it below these folders that ends like a file of ours. */
export const FOLDERS = [
  ...['bench', 'client', 'conformance', 'core', 'docs', 'e2e', 'relay', 'relay-go', 'site', 'spec', 'tools'],
  ...['vectors', 'web', 'wire'],
];
const ENDINGS = /\.(c|css|go|h|html|js|json|lock|md|mjs|mod|png|rs|sum|svg|toml|ts|tsx)$/;
/** What is built, installed, or written by tests. */
const NOT_SOURCES = new Set(['dist', 'log', 'node_modules', 'playwright-report', 'screens', 'target', 'test-results']);

/** Where operators may keep files of their own, each of ours is named. */
const FILES = [
  ...['.ci/run', '.dockerignore', '.editorconfig', '.gitattributes', '.gitignore', '.npmrc'],
  ...['CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'PUG_NETWORK_LOGIC.md', 'README.md', 'SECURITY.md'],
  ...['biome.json', 'package-lock.json', 'package.json', 'render.yaml', 'tsconfig.base.json'],
  ...['deploy/Caddyfile', 'deploy/Dockerfile', 'deploy/bundle.mjs', 'deploy/compose.yaml'],
  ...['deploy/grafana-dashboard.json', 'deploy/haproxy.cfg', 'deploy/nginx.conf', 'deploy/rc.d/pug_relay'],
  ...['deploy/systemd/pug-relay-go.service', 'deploy/systemd/pug-relay.service', 'deploy/torrc'],
  ...['conformance/mls-peer/.gitignore', 'relay-go/client/dist/docs/.gitignore', 'relay-go/client/dist/web/.gitignore'],
  ...['vectors/LICENSE', 'vectors/mls/LICENSE'],
];

/** @param {string} root @param {string} folder @returns {string[]} */
function below(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (NOT_SOURCES.has(entry.name) || entry.name.startsWith('.')) return [];
    if (entry.isDirectory()) return below(root, path);
    return entry.isFile() && ENDINGS.test(entry.name) ? [path] : [];
  });
}

/** The files of the source in the tree at `root`, by their paths from there with forward slashes, sorted. @param {string} root */
export function sourceFiles(root) {
  return [...FILES, ...FOLDERS.flatMap((folder) => below(root, folder))].sort();
}
