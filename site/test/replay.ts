// The steps of deploy/Dockerfile without Docker: its stages are folders, its last one is entered with chroot.
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dir, '..', '..');

export interface Image {
  /** The file system of the last stage, as far as the Dockerfile fills it, with the C library of this machine below. */
  readonly folder: string;
  readonly entrypoint: readonly string[];
  readonly healthcheck: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  remove(): void;
}

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

function instructions(): readonly Instruction[] {
  const text = readFileSync(join(root, 'deploy/Dockerfile'), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, name = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    return { name, rest };
  });
}

/** Carries out all instructions. Throws at the first step that fails, and at one it does not know. */
export function buildImage(): Image {
  const work = mkdtempSync(join(tmpdir(), 'pug-image-'));
  const [build, last] = [join(work, 'build'), join(work, 'last')];
  const image = {
    entrypoint: [] as string[],
    healthcheck: [] as string[],
    env: {} as Record<string, string>,
    user: '',
  };
  let directory = '/';
  let stage = '';
  for (const { name, rest } of instructions()) {
    const [first = '', second = '', third = ''] = rest.split(' ');
    if (name === 'FROM') stage = stage === '' ? build : last;
    else if (name === 'WORKDIR') directory = first;
    else if (name === 'COPY' && rest === '. .') copyTree(join(build, directory));
    else if (name === 'COPY' && first === '--from=build')
      cpSync(join(build, second), join(last, third), { recursive: true });
    else if (name === 'RUN') run(rest, build, directory);
    else if (name === 'USER') image.user = first;
    else if (name === 'ENV')
      for (const pair of rest.split(' ')) Object.assign(image.env, Object.fromEntries([pair.split('=')]));
    else if (name === 'ENTRYPOINT') image.entrypoint = JSON.parse(rest);
    else if (name === 'HEALTHCHECK') image.healthcheck = JSON.parse(/CMD (\[.*\])$/.exec(rest)?.[1] ?? '');
    else if (!['EXPOSE', 'STOPSIGNAL'].includes(name)) throw new Error(`the replay does not know ${name} ${rest}`);
  }
  rmSync(build, { recursive: true, force: true });
  copyLibraries(join(last, image.entrypoint[0] ?? ''), last);
  for (const name of ['proc', 'dev']) mkdirSync(join(last, name));
  chmodSync(work, 0o755);
  return { ...image, folder: last, remove: () => rmSync(work, { recursive: true, force: true }) };
}

/** What git knows or would take: .dockerignore leaves out what is built and installed, as .gitignore does. */
function copyTree(to: string): void {
  const listed = Bun.spawnSync(['git', 'ls-files', '-co', '--exclude-standard', '-z'], { cwd: root }).stdout.toString();
  for (const path of listed.split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    cpSync(join(root, path), join(to, path));
  }
}

/** Runs a step in its stage's folder: the only absolute path that a step names is the bundle's. */
function run(command: string, stage: string, directory: string): void {
  const inStage = command.replace(/ (\/[a-z]+)$/, ` ${stage}$1`);
  const done = Bun.spawnSync(['sh', '-c', inStage], { cwd: join(stage, directory), stdout: 'pipe', stderr: 'pipe' });
  if (!done.success) throw new Error(`RUN ${command} failed:\n${done.stdout}\n${done.stderr}`);
}

/** The base image is the C library; here it is this machine's, and nothing else. */
function copyLibraries(program: string, to: string): void {
  const listed = Bun.spawnSync(['ldd', program]).stdout.toString();
  for (const [path] of listed.matchAll(/\/[\w./-]+\.so[\w.]*/g)) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    cpSync(path, join(to, path), { dereference: true });
  }
}

/** The command that runs `program` in the image: as its user, with /proc and a few devices, and nowhere to write. */
export function inImage({ folder, user }: Image, program: readonly string[]): string[] {
  const enter = [
    'mount --bind "$0" "$0"',
    'mount -t proc proc "$0/proc"',
    'mount -t tmpfs -o size=64k tmpfs "$0/dev"',
    'for device in null urandom random zero; do touch "$0/dev/$device"; mount --bind "/dev/$device" "$0/dev/$device"; done',
    'mount -o remount,ro,bind "$0"',
    'mount -o remount,ro "$0/dev"',
    `exec chroot --userspec=${user} "$0" "$@"`,
  ];
  return ['unshare', '--mount', 'sh', '-ec', enter.join('\n'), folder, ...program];
}
