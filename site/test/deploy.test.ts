// What deploy/ promises, as far as it can be tried without Docker, Render, a running systemd, or the Tor network.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { portOf } from '../src/started.ts';
import { buildImage, type Image, inImage } from './replay.ts';

setDefaultTimeout(120_000);

const have = (program: string) => Bun.which(program) !== null;
const root = resolve(import.meta.dir, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const unit = 'deploy/systemd/pug-relay.service';
const relayHelp = Bun.spawnSync([process.execPath, 'relay/src/main.ts', '--help'], { cwd: root }).stdout.toString();

/** What every relay that is deployed must answer to somebody who opens the page. */
async function looksAround(port: string): Promise<void> {
  const page = await fetch(`http://127.0.0.1:${port}/`);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('Pug Network');
  expect((await fetch(`http://127.0.0.1:${port}/api/v1/challenge`)).status).toBe(200);
  const hello = await new Promise((done, failed) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, 'pug.1');
    socket.onmessage = ({ data }) => {
      socket.close();
      done(data);
    };
    socket.onerror = failed;
  });
  expect(String(hello)).toContain('"type":"hello"');
}

// Entering another root and mounting is root's alone.
const canEnter = process.getuid?.() === 0 && have('unshare');
const asRoot = test.skipIf(!canEnter);
const canTrace = canEnter && have('strace') && have('systemd-analyze');

let image: Image;
beforeAll(() => {
  if (canEnter) image = buildImage();
});
afterAll(() => image?.remove());

describe('the Dockerfile, step by step', () => {
  asRoot(
    'RL-1 makes a relay that serves as nobody, in a file system of its own that cannot be written to',
    async () => {
      expect(image.user).toBe('65532:65532');
      const command = inImage(image, [...image.entrypoint, '--host', '127.0.0.1', '--port', '0']);
      const relay = Bun.spawn(command, { env: image.env, stdout: 'pipe', stderr: 'pipe' });
      const port = await portOf(relay.stdout);
      await looksAround(port);
      const status = readFileSync(`/proc/${relay.pid}/status`, 'utf8');
      expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).toBe('65532');
      const health = Bun.spawnSync(inImage(image, image.healthcheck), { env: { ...image.env, PORT: port } });
      expect(health.exitCode).toBe(0);
      relay.kill('SIGTERM');
      expect(await relay.exited).toBe(0);
      const sick = Bun.spawnSync(inImage(image, image.healthcheck), { env: { ...image.env, PORT: port } });
      expect(sick.exitCode).not.toBe(0);
    },
  );

  asRoot('RL-1 leaves nothing in the image that could be written to', () => {
    const write =
      'try { require("node:fs").writeFileSync("/pug/x", ""); console.log("written"); } catch { console.log("refused"); }';
    const bun = image.entrypoint[0] ?? '';
    const tried = Bun.spawnSync(inImage(image, [bun, '-e', write]), { env: image.env });
    expect(tried.stdout.toString().trim()).toBe('refused');
  });

  asRoot('holds the runtime, the relay, wire, the page and the docs, and no other package', () => {
    const inside = (path: string) => readdirSync(join(image.folder, path)).sort();
    expect(inside('pug')).toEqual(['LICENSE', 'bin', 'node_modules', 'relay', 'site', 'web']);
    expect(inside('pug/node_modules')).toEqual(['@pug']);
    expect(inside('pug/node_modules/@pug')).toEqual(['wire']);
    expect(inside('pug/relay')).toEqual(['package.json', 'src']);
  });

  test.skipIf(!canTrace)(
    'RL-1 the system calls of a relay that starts, serves and stops are all within the filter of the systemd unit',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'pug-trace-'));
      const trace = join(folder, 'trace');
      const program = image.entrypoint.map((part) => (part.startsWith('/pug') ? image.folder + part : part));
      const traced = ['strace', '-f', '-qq', '-o', trace, ...program, '--host', '127.0.0.1', '--port', '0'];
      const relay = Bun.spawn(traced, {
        env: { ...image.env, PATH: process.env.PATH ?? '' },
        stdout: 'pipe',
        stderr: 'ignore',
      });
      await looksAround(await portOf(relay.stdout));
      // strace keeps signals from itself: the relay is its child.
      const [child] = readFileSync(`/proc/${relay.pid}/task/${relay.pid}/children`, 'utf8').split(' ');
      process.kill(Number(child), 'SIGTERM');
      expect(await relay.exited).toBe(0);
      const lines = readFileSync(trace, 'utf8');
      rmSync(folder, { recursive: true });
      const calls = new Set([...lines.matchAll(/^\d+ +([a-z0-9_]+)\(/gm)].map(([, call = '']) => call));
      expect(calls.size).toBeGreaterThan(20);
      const allowed = allowedCalls();
      expect([...calls].filter((call) => !allowed.has(call))).toEqual([]);
      expect(lines).not.toMatch(/open(at)?\([^\n]*O_(WRONLY|RDWR|CREAT)[^\n]*= \d/);
    },
  );
});

describe('the steps of "Verify the client"', () => {
  const [steps = ''] =
    /mkdir \/tmp\/served[\s\S]*?manifest\.txt(?=\n\s*```)/.exec(read('docs/verify-the-client.md')) ?? [];

  /** What somebody finds who follows them against the relay of `bundle`, with `build` as the page they built themselves. */
  async function follow(bundle: string, build: string) {
    const program = [join(bundle, 'bin/bun'), join(bundle, 'relay/src/main.ts'), '--host', '127.0.0.1', '--port', '0'];
    const relay = Bun.spawn(program, { stdout: 'pipe', stderr: 'ignore' });
    const origin = `http://127.0.0.1:${await portOf(relay.stdout)}`;
    const served = mkdtempSync(join(tmpdir(), 'pug-served-'));
    const here = steps.replaceAll('/tmp/served', join(served, 'in')).replaceAll('https://chat.example', origin);
    const found = Bun.spawnSync(['sh', '-c', here], { cwd: build, stdout: 'pipe', stderr: 'pipe' });
    relay.kill('SIGKILL');
    rmSync(served, { recursive: true });
    return { ok: found.success, lines: found.stdout.toString().trim().split('\n') };
  }

  asRoot('HT-17 find that a server serves what was built, and that another does not', async () => {
    const [honest, changed] = [join(image.folder, 'pug'), join(image.folder, 'changed')];
    cpSync(honest, changed, { recursive: true });
    writeFileSync(join(changed, 'web/dist/too-old.js'), '// changed');
    const good = await follow(honest, honest);
    expect(good.ok).toBe(true);
    expect(good.lines.length).toBeGreaterThan(5);
    expect(good.lines).toContain('source.tar.gz: OK');
    expect(good.lines.filter((line) => !line.endsWith(': OK'))).toEqual([]);
    const bad = await follow(changed, honest);
    expect(bad.ok).toBe(false);
    expect(bad.lines.filter((line) => !line.endsWith(': OK'))).toEqual(['too-old.js: FAILED']);
  });
});

/** The system calls that `SystemCallFilter=` of the unit lets through. */
function allowedCalls(): ReadonlySet<string> {
  const [allowed, refused] = [new Set(expand('@default')), new Set<string>()];
  for (const [, not, sets = ''] of read(unit).matchAll(/^SystemCallFilter=(~?)(.*)$/gm)) {
    for (const call of sets.split(' ').flatMap(expand)) (not === '~' ? refused : allowed).add(call);
  }
  for (const call of refused) allowed.delete(call);
  return allowed;
}

function expand(name: string): string[] {
  if (!name.startsWith('@')) return [name];
  const listed = Bun.spawnSync(['systemd-analyze', 'syscall-filter', name]).stdout.toString();
  const inner = listed
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
  return inner.filter((line) => line !== '' && !line.startsWith('#')).flatMap(expand);
}

describe('the systemd unit', () => {
  test.skipIf(!have('systemd-analyze'))(
    'exposes at most 1.5 of 10, and says why it lets a JavaScript engine write code',
    () => {
      const judged = Bun.spawnSync(['systemd-analyze', 'security', '--offline=true', '--no-pager', join(root, unit)]);
      const exposure = /Overall exposure level for \S+: ([\d.]+)/.exec(judged.stdout.toString())?.[1];
      expect(Number(exposure)).toBeLessThanOrEqual(1.5);
      expect(Number(exposure)).toBeGreaterThan(0);
      expect(read(unit)).toMatch(/# Off, because a JavaScript engine .*\nMemoryDenyWriteExecute=no/);
    },
  );

  test('starts the relay with settings that it knows and its file may change, and gives it longer to stop than it takes', () => {
    const settings = [...read(unit).matchAll(/^Environment=(PUG_\w+)=(\S+)$/gm)].map(([, name = '', value]) => [
      name,
      value,
    ]);
    const env = { ...process.env, ...Object.fromEntries(settings) };
    const checked = Bun.spawnSync([process.execPath, 'relay/src/main.ts', '--check-config'], { cwd: root, env });
    expect(checked.exitCode).toBe(0);
    // A flag would go over the file without a word.
    expect(read(unit)).toMatch(/^ExecStart=\S+ --no-env-file \S+\/main\.ts$/m);
    expect(Number(/^TimeoutStopSec=(\d+)s$/m.exec(read(unit))?.[1])).toBeGreaterThan(Number(env.PUG_DRAIN_SECONDS) + 5);
  });
});

test.each([
  ['deploy/compose.yaml', /PUG_MAX_SOCKETS: "(\d+)"/, /mem_limit: (\d)g/, 2 ** 30],
  ['docs/docker.md', /PUG_MAX_SOCKETS, value: "(\d+)"/, /limits: \{ memory: (\d)Gi \}/, 2 ** 30],
  [unit, /^Environment=PUG_MAX_SOCKETS=(\d+)$/m, /^MemoryMax=(\d)G$/m, 2 ** 30],
  ['render.yaml', /PUG_MAX_SOCKETS\n +value: "(\d+)"/, /the (\d+) MB of this plan/, 1e6],
])(
  'OP-14 %s: as many connections as it allows, at their worst, fit into the memory that it gives',
  (file, sockets, memory, unitBytes) => {
    const numberIn = (pattern: RegExp) => Number(pattern.exec(read(file))?.[1]);
    // docs/run-a-relay.md: an idle member, a queue too short to be counted, a message that never ends.
    const eachBytes = 2_800 + 2 ** 15 + 65_536 + 4_100;
    // The relay itself, queues, rooms that nobody joins, what came behind joins.
    const queuedBytes = numberIn(/PUG_MAX_QUEUED_BYTES\n +value: "(\d+)"/) || 2 ** 28;
    const fixedBytes = 46e6 + queuedBytes + 100e6 + 2 ** 24;
    expect(fixedBytes + eachBytes * numberIn(sockets)).toBeLessThan(numberIn(memory) * unitBytes);
  },
);

describe('what containers are told', () => {
  // YAML of ours; what is read from it is compared and nothing more.
  const yaml = (text: string) => Bun.YAML.parse(text) as Record<string, never>;

  test('Compose: read-only, without rights, without swap or core dumps, on this machine only, with time to stop', () => {
    const { services } = yaml(read('deploy/compose.yaml')) as unknown as {
      services: { relay: Record<string, unknown> };
    };
    expect(services.relay).toMatchObject({
      build: { context: '..', dockerfile: 'deploy/Dockerfile' },
      ports: ['127.0.0.1:3000:3000'],
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: '1g',
      memswap_limit: '1g',
      ulimits: { core: 0 },
      environment: { PUG_DRAIN_SECONDS: '25' },
      stop_grace_period: '30s',
    });
  });

  test('Kubernetes: one replica, recreated, as nobody, with time to stop', () => {
    const [, manifest = ''] = /```yaml\n(apiVersion[\s\S]*?)```/.exec(read('docs/docker.md')) ?? [];
    expect(yaml(manifest) as unknown).toMatchObject({
      kind: 'Deployment',
      spec: {
        replicas: 1,
        strategy: { type: 'Recreate' },
        template: {
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            terminationGracePeriodSeconds: 60,
            securityContext: { runAsNonRoot: true, runAsUser: 65532 },
            containers: [{ securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } } }],
          },
        },
      },
    });
  });

  test('Render: only fields and values of the Blueprint schema, one instance, no deploy by itself', () => {
    // https://render.com/schema/render.yaml.json, definitions serverService, plan, autoDeployTrigger, envVarFromKeyValue.
    const fields =
      'type name region plan runtime repo branch image rootDir dockerCommand dockerContext dockerfilePath numInstances healthCheckPath scaling buildCommand startCommand preDeployCommand registryCredential domain domains envVars autoDeploy autoDeployTrigger initialDeployHook disk buildFilter previews maintenanceMode maxShutdownDelaySeconds ipAllowList renderSubdomainPolicy';
    const { services, ...rest } = yaml(read('render.yaml')) as unknown as { services: Record<string, unknown>[] };
    expect(rest).toEqual({});
    expect(services).toHaveLength(1);
    const [service = {}] = services;
    expect(Object.keys(service).filter((field) => !fields.split(' ').includes(field))).toEqual([]);
    expect(service).toMatchObject({
      type: 'web',
      runtime: 'docker',
      plan: 'starter',
      numInstances: 1,
      autoDeployTrigger: 'off',
    });
    expect(service.dockerfilePath).toBe('./deploy/Dockerfile');
    expect(Number(service.maxShutdownDelaySeconds)).toBeLessThanOrEqual(300);
    for (const { key, value } of service.envVars as { key: unknown; value: unknown }[]) {
      expect([typeof key, typeof value]).toEqual(['string', 'string']);
    }
  });
});

describe('the onion service', () => {
  test.skipIf(!have('tor'))('Tor accepts its sample', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pug-tor-'));
    const sample = read('deploy/torrc').replace('/var/lib/tor/pug-relay', join(folder, 'service'));
    writeFileSync(join(folder, 'torrc'), `${sample}\nDataDirectory ${folder}\n`);
    const checked = Bun.spawnSync([
      'tor',
      '--verify-config',
      '-f',
      join(folder, 'torrc'),
      '--defaults-torrc',
      '/dev/null',
    ]);
    rmSync(folder, { recursive: true });
    expect(checked.stdout.toString()).toContain('Configuration was valid');
    expect(checked.exitCode).toBe(0);
  });
});

describe('every text', () => {
  const texts = ['README.md', 'render.yaml', ...['docs', 'deploy', 'deploy/systemd'].flatMap(filesIn)];
  const flags = new Set([...relayHelp.matchAll(/^ {2}(--[\w-]+)/gm)].map(([, flag = '']) => flag));
  const variables = new Set([...flags].map((flag) => `PUG_${flag.slice(2).replaceAll('-', '_').toUpperCase()}`));

  test('names only settings that the relay has', () => {
    const named = texts.flatMap((path) =>
      [...read(path).matchAll(/\bPUG_(?!RELAY_PORT|NETWORK_LOGIC)[A-Z_]+/g)].map(([name]) => name),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !variables.has(name))).toEqual([]);
  });

  test('starts the relay only with flags that it has', () => {
    const used = texts.flatMap((path) =>
      [...read(path).matchAll(/(?:npm start --|pug-relay) (--[^\n`]*)/g)].flatMap(
        ([, rest = '']) => rest.match(/--[a-z][\w-]*/g) ?? [],
      ),
    );
    expect(used.length).toBeGreaterThan(3);
    expect(used.filter((flag) => !flags.has(flag))).toEqual([]);
  });

  test('runs only commands that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const used = texts.flatMap((path) =>
      [...read(path).matchAll(/npm run ([\w:-]+)(?! -w)\b(?! -w)/g)].map(([, name = '']) => name),
    );
    expect(used.filter((name) => name !== 'build' && !(name in scripts))).toEqual([]);
  });
});

function filesIn(folder: string): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => `${folder}/${name}`);
}
