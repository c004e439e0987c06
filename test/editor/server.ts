/** A real VS Code on a free port of this machine, from the npm package code-server; stopped by its process id, always. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { codeServerEntry, root } from './installed.ts';
import type { Profile } from './profile.ts';

/** A slow machine needs ten seconds to its first word. */
const START_MS = 90_000;
const STOP_MS = 5_000;
/** Where whoever started it was killed, it ends by itself after this long without a window. */
const IDLE_SECONDS = 600;

export interface ServerOptions {
  readonly profile: Profile;
  /** A folder of installed extensions; the profile's own unless said. */
  readonly extensions?: string;
  /** Of its log in `.tools/editor-logs`. */
  readonly name: string;
  /** Ask whether folders are trusted. */
  readonly trust?: boolean;
  /** Take a `payload` from the address: an extension from its folder, tests inside the extension host. */
  readonly payload?: boolean;
  readonly port?: number;
  /** After which it ends without a window; null: never. */
  readonly idleSeconds?: number | null;
  readonly env?: Readonly<Record<string, string>>;
}

export class VsCodeServer {
  /** `host:port`. */
  readonly host: string;
  readonly log: string;
  readonly #child: ChildProcess;
  /** Resolves when it has ended, whoever ended it. */
  readonly ended: Promise<void>;
  readonly #lastResort = (): void => this.#kill('SIGKILL');

  private constructor(child: ChildProcess, host: string, log: string, ended: Promise<void>) {
    this.#child = child;
    this.host = host;
    this.log = log;
    this.ended = ended;
    process.once('exit', this.#lastResort);
  }

  /** Ends when it listens. Throws, with the end of its log, where it does not. */
  static async start(options: ServerOptions): Promise<VsCodeServer> {
    const log = logFile(options.name);
    const child = spawn(process.execPath, [codeServerEntry(), ...argumentsOf(options)], {
      cwd: options.profile.folder,
      env: environmentOf(options),
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: its extension hosts end with it.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const ended = new Promise<void>((resolve) => {
      child.once('error', () => resolve());
      child.once('close', () => resolve());
    });
    const kill = (): void => signal(child, 'SIGKILL');
    process.once('exit', kill);
    try {
      const host = await listening(child, log);
      return new VsCodeServer(child, host, log, ended);
    } catch (error) {
      kill();
      throw error;
    } finally {
      process.off('exit', kill);
    }
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** The address of a window. */
  address(folder: string | null, payload: readonly (readonly [string, string])[] = []): string {
    const url = new URL(`http://${this.host}/`);
    if (folder !== null) url.searchParams.set('folder', pathOnServer(folder));
    else url.searchParams.set('ew', 'true');
    if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload));
    return url.href;
  }

  /** A file or folder of this machine as a window names it. */
  remote(file: string): string {
    return `vscode-remote://${this.host}${pathOnServer(file)}`;
  }

  async stop(): Promise<void> {
    this.#kill('SIGTERM');
    const timer = setTimeout(() => this.#kill('SIGKILL'), STOP_MS);
    await this.ended;
    clearTimeout(timer);
    // What of its group did not listen.
    this.#kill('SIGKILL');
    process.off('exit', this.#lastResort);
  }

  #kill(name: 'SIGTERM' | 'SIGKILL'): void {
    signal(this.#child, name);
  }
}

function argumentsOf(options: ServerOptions): string[] {
  const { profile } = options;
  return [
    ...['--auth', 'none'],
    ...['--bind-addr', `127.0.0.1:${options.port ?? 0}`],
    ...['--user-data-dir', profile.userData],
    ...['--extensions-dir', options.extensions ?? profile.extensions],
    ...['--config', path.join(profile.folder, 'code-server.yaml')],
    ...(options.idleSeconds === null
      ? []
      : ['--idle-timeout-seconds', String(options.idleSeconds ?? IDLE_SECONDS)]),
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-getting-started-override',
    '--disable-proxy',
    '--ignore-last-opened',
    ...(options.trust ? [] : ['--disable-workspace-trust']),
    ...(options.payload ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
  ];
}

function environmentOf(options: ServerOptions): NodeJS.ProcessEnv {
  // Started from a terminal of VS Code, its variables would lead this one to that one; ours are for the caller to give.
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(VSCODE_|ELECTRON_|CODE_SERVER|CS_|PORT$|PASSWORD$|NODE_OPTIONS$|VITEST|MERGE_LAB_)/.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    VSCODE_IPC_HOOK_CLI: '',
    MERGE_LAB_HOME: options.profile.home,
    ...options.env,
  };
}

function listening(child: ChildProcess, log: string): Promise<string> {
  const file = createWriteStream(log);
  return new Promise((resolve, reject) => {
    let text = '';
    const fail = (why: string): void => {
      clearTimeout(timer);
      reject(new Error(`VS Code did not start: ${why}\n${text.slice(-2000)}\n(log: ${log})`));
    };
    const timer = setTimeout(() => fail('it said no address in time.'), START_MS);
    const take = (chunk: Buffer): void => {
      file.write(chunk);
      if (text.length < 100_000) text += chunk.toString('utf8');
      const match = text.match(/HTTP server listening on https?:\/\/([^\s/]+)/);
      if (!match?.[1]) return;
      clearTimeout(timer);
      resolve(match[1]);
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('error', (error) => fail(error.message));
    child.once('close', (code) => {
      file.end();
      fail(`it ended with code ${code}.`);
    });
  });
}

function logFile(name: string): string {
  const folder = path.join(root, '.tools', 'editor-logs');
  mkdirSync(folder, { recursive: true });
  return path.join(folder, `${name}.log`);
}

/** `/C:/folder` on Windows. */
function pathOnServer(file: string): string {
  const slashes = path.resolve(file).split(path.sep).join('/');
  return slashes.startsWith('/') ? slashes : `/${slashes}`;
}

function signal(child: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(name);
    else process.kill(-child.pid, name);
  } catch {
    // It has ended.
  }
}
