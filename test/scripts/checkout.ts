/** A checkout with nothing installed, in which npm, Python and apt-get are stand-ins that write down their calls. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..', '..');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export class Checkout {
  readonly folder: string;
  readonly #bin: string;
  readonly #log: string;

  constructor(parent = os.tmpdir()) {
    this.folder = mkdtempSync(path.join(parent, 'merge-lab-setup-'));
    this.#bin = path.join(this.folder, 'stand-ins');
    this.#log = path.join(this.#bin, 'log');
    mkdirSync(this.#bin);
    writeFileSync(this.#log, '');
    for (const folder of ['scripts', path.join('runner', 'setup')])
      cpSync(path.join(root, folder), path.join(this.folder, folder), { recursive: true });
    for (const file of ['package.json', 'package-lock.json', path.join('agent', 'pyproject.toml')]) {
      cpSync(path.join(root, file), path.join(this.folder, file), { recursive: true });
    }
    mkdirSync(path.join(this.folder, 'cli'));
    writeFileSync(
      path.join(this.folder, 'cli', 'main.ts'),
      'console.log(JSON.stringify({ args: process.argv.slice(2), python: process.env["MERGE_LAB_PYTHON"] }));\n',
    );
  }

  /** A program on the PATH, as a script of this Node. */
  program(name: string, script: string): string {
    const file = path.join(this.#bin, name);
    writeFileSync(file, `#!${process.execPath}\n${script}`);
    chmodSync(file, 0o755);
    return file;
  }

  python(name = 'python3'): string {
    // Copied into environments, where no package.json says that it is a module.
    return this.program(name, readFileSync(path.join(import.meta.dirname, 'fake-python.mjs'), 'utf8'));
  }

  npm(script: string): string {
    const file = path.join(this.#bin, 'npm-cli.mjs');
    const head = `import fs from 'node:fs';\nfs.appendFileSync(process.env.FAKE_LOG, 'npm ' + process.argv.slice(2).join(' ') + '\\n');\n`;
    writeFileSync(file, head + script);
    return file;
  }

  /** An npm that does what is asked. */
  goodNpm(): string {
    return this.npm(
      `fs.mkdirSync('node_modules', { recursive: true }); fs.writeFileSync('node_modules/.package-lock.json', '{}');`,
    );
  }

  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Ended {
    const ended = spawnSync(process.execPath, [this.#script, ...args], {
      cwd: this.folder,
      encoding: 'utf8',
      env: this.#env(env),
    });
    return { code: ended.status, out: ended.stdout, err: ended.stderr };
  }

  /** To be stopped. */
  start(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
    const child = spawn(process.execPath, [this.#script, ...args], {
      cwd: this.folder,
      env: this.#env(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    return {
      child,
      ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err }))),
    };
  }

  get #script(): string {
    return path.join(this.folder, 'scripts', 'with-setup.mjs');
  }

  #env(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    const npm = path.join(this.#bin, 'npm-cli.mjs');
    const found = existsSync(npm) ? { npm_execpath: npm } : {};
    return { PATH: this.#bin, FAKE_LOG: this.#log, ...found, ...more };
  }

  /** Calls of the stand-ins since the last look. */
  calls(): string[] {
    const lines = readFileSync(this.#log, 'utf8').split('\n').filter(Boolean);
    writeFileSync(this.#log, '');
    return lines;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
