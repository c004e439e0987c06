/** A real ssh server on a random port of this machine, with keys, configuration and a home of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { findSshd, sshdAdvice } from '../../scripts/setup/sshd.mjs';
import { children } from './look.ts';

/** Null, or why these tests are left out. */
export function whyNoSshd(): string | null {
  if (process.platform !== 'linux') return 'tests of hosts look for processes in /proc, and are left out';
  return findSshd() === null ? sshdAdvice : null;
}

const SSH = '/usr/bin/ssh';

export interface SshdOptions {
  /** The login shell's start file: whatever it holds is run before each command. */
  readonly profile?: string;
  /** Further lines of the server's configuration. */
  readonly server?: readonly string[];
  /** Stands in for the login shell. */
  readonly shell?: string;
  /** Where it listens, and what starts it there. Left out: on this machine's own address. */
  readonly at?: { readonly address: string; readonly command: readonly string[] };
}

export class Sshd {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-sshd-'));
  /** The user's home on the host. Spaces and marks are what paths may hold. */
  readonly home = path.join(this.folder, "a ho'me ü");
  readonly port: number;
  /** Names of this server in the client's configuration. */
  readonly alias = 'gpu-box';
  #process: ChildProcess | null = null;
  readonly #options: SshdOptions;
  readonly #path = process.env['PATH'] ?? '';

  private constructor(port: number, options: SshdOptions) {
    this.port = port;
    this.#options = options;
    mkdirSync(this.home);
    for (const key of ['host_key', 'client_key', 'other_key']) {
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', this.#file(key)]);
    }
    writeFileSync(this.#file('authorized_keys'), readFileSync(this.#file('client_key.pub')), { mode: 0o600 });
    writeFileSync(this.#file('host-shell'), hostShell(this.home, options), { mode: 0o755 });
    this.trust('host_key');
    this.configure();
  }

  static async start(options: SshdOptions = {}): Promise<Sshd> {
    const sshd = new Sshd(await freePort(), options);
    await sshd.start();
    return sshd;
  }

  get #address(): string {
    return this.#options.at?.address ?? '127.0.0.1';
  }

  get pid(): number {
    return this.#process?.pid ?? -1;
  }

  async start(): Promise<void> {
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    const program = findSshd() ?? '';
    writeFileSync(this.#file('sshd_config'), this.#serverConfig());
    const log = openSync(this.#file('sshd.log'), 'a');
    const [first = program, ...more] = [...(this.#options.at?.command ?? []), program];
    this.#process = spawn(first, [...more, '-D', '-e', '-f', this.#file('sshd_config')], {
      stdio: ['ignore', 'ignore', log],
    });
    closeSync(log);
    for (let tries = 0; !(await answers(this.#address, this.port)); tries += 1) {
      if (tries > 200)
        throw new Error(`sshd does not start: ${readFileSync(this.#file('sshd.log'), 'utf8')}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** No connection can be made; those that are go on. */
  async stop(): Promise<void> {
    const process = this.#process;
    this.#process = null;
    if (!process) return;
    const ended = new Promise((resolve) => process.once('exit', resolve));
    process.kill('SIGTERM');
    await ended;
  }

  /** Cuts every connection at once, as a network does that goes away. */
  cut(): number {
    const clients = children(process.pid).filter(({ name }) => name === 'ssh');
    for (const { pid } of clients) process.kill(pid, 'SIGKILL');
    return clients.length;
  }

  /** The client's configuration; `more` comes first, where it counts. */
  configure(...more: readonly string[]): void {
    const lines = [
      `Host ${this.alias}`,
      ...more,
      `HostName ${this.#address}`,
      `Port ${this.port}`,
      `IdentityFile "${this.#file('client_key')}"`,
      'IdentitiesOnly yes',
      'IdentityAgent none',
      `UserKnownHostsFile "${this.#file('known_hosts')}"`,
      'GlobalKnownHostsFile /dev/null',
      // Known hosts of loopback addresses count like those of others.
      'NoHostAuthenticationForLocalhost no',
    ];
    writeFileSync(this.#file('ssh_config'), `${lines.join('\n')}\n`, { mode: 0o600 });
  }

  /** Which host key the client takes for this server's; null for none. */
  trust(key: 'host_key' | 'other_key' | null): void {
    const text =
      key === null ? '' : `[${this.#address}]:${this.port} ${readFileSync(this.#file(`${key}.pub`), 'utf8')}`;
    writeFileSync(this.#file('known_hosts'), text);
  }

  /** Whether the server takes the client's key. */
  admit(admitted: boolean): void {
    const text = admitted ? readFileSync(this.#file('client_key.pub')) : '';
    writeFileSync(this.#file('authorized_keys'), text, { mode: 0o600 });
  }

  /** From now on this process finds an `ssh` that reads this configuration and no other; `options` outdo the product's. */
  use(...options: readonly string[]): void {
    const bin = path.join(this.folder, 'bin');
    mkdirSync(bin, { recursive: true });
    const first = options.map((option) => `-o ${option} `).join('');
    const command = `exec ${SSH} -F '${this.#file('ssh_config')}' ${first}"$@"`;
    writeFileSync(path.join(bin, 'ssh'), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
    chmodSync(path.join(bin, 'ssh'), 0o755);
    process.env['PATH'] = `${bin}:${this.#path}`;
  }

  async remove(): Promise<void> {
    process.env['PATH'] = this.#path;
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  #file(name: string): string {
    return path.join(this.folder, name);
  }

  #serverConfig(): string {
    return [
      // The first word on anything counts.
      ...(this.#options.server ?? []),
      `Port ${this.port}`,
      `ListenAddress ${this.#address}`,
      `HostKey "${this.#file('host_key')}"`,
      `AuthorizedKeysFile "${this.#file('authorized_keys')}"`,
      `PidFile "${this.#file('sshd.pid')}"`,
      'UsePAM no',
      'StrictModes no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin yes',
      // The home and the shell of the test, not those of whoever runs it.
      `ForceCommand '${this.#file('host-shell')}'`,
      '',
    ].join('\n');
  }
}

/** What the server runs in place of the login shell's `-c`, in the same words: profile, then the command. */
function hostShell(home: string, { profile = '', shell = '/bin/bash' }: SshdOptions): string {
  const quoted = `'${home.replaceAll("'", `'\\''`)}'`;
  return `#!/bin/sh\nHOME=${quoted}; export HOME; cd "$HOME" || exit 1\n${profile}\nexec ${shell} -c "$SSH_ORIGINAL_COMMAND"\n`;
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function answers(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, address);
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
