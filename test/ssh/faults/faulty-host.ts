/** A host of its own that can be harmed: its network, its processes, its disk, its clock. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Host } from '../../../core/hosts/host.ts';
import { findHost } from '../../../runner/hosts/find-host.ts';
import { HostLink } from '../../../runner/hosts/host-link.ts';
import { agentSourceFolder, hostRelease } from '../../../runner/hosts/host-release.ts';
import { readyHost } from '../../../runner/hosts/ready-host.ts';
import { findPython } from '../../../runner/python.ts';
import { children } from '../look.ts';
import { HostWorld } from '../world.ts';
import { Network } from './network.ts';

/** A silent connection is given up after two seconds here, where the product waits 45. */
const IMPATIENT = ['ServerAliveInterval=1', 'ServerAliveCountMax=2', 'ConnectTimeout=4'];
const DISK_MIB = 128;

export class FaultyHost {
  readonly world: HostWorld;
  readonly network: Network;
  /** Whether its folder is a small disk of its own; else a full one is made of errors. */
  readonly hasOwnDisk: boolean;
  readonly #python: string;

  private constructor(world: HostWorld, network: Network) {
    this.world = world;
    this.network = network;
    this.#python = pythonOfItsOwn(path.join(world.sshd.folder, 'python'));
    world.sshd.use(...IMPATIENT);
    world.sshd.configure(`Port ${network.port}`, `HostKeyAlias [127.0.0.1]:${world.sshd.port}`);
    world.describe({ python: path.join(this.#python, 'bin', 'python'), workers: 1 });
    mkdirSync(this.folder, { mode: 0o700 });
    const disk = ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m,mode=0700`, 'merge-lab', this.folder];
    this.hasOwnDisk = spawnSync('mount', disk).status === 0;
    if (!this.hasOwnDisk) console.warn('No small disk can be mounted here: a full one is made of errors.');
  }

  static async start(): Promise<FaultyHost> {
    const world = await HostWorld.start();
    return new FaultyHost(world, await Network.to(world.sshd.port));
  }

  /** What the product keeps there. */
  get folder(): string {
    return path.join(this.world.sshd.home, '.merge-lab');
  }

  get store(): string {
    return path.join(this.folder, 'store');
  }

  /** Every write of a run takes so long, so that something can happen under way. */
  slow(secondsAWrite: number): void {
    this.#say('seconds_a_write', secondsAWrite);
  }

  setClock(secondsAhead: number): void {
    this.#say('clock_ahead', secondsAhead);
  }

  /** Until the answer is called. */
  fillDisk(): () => void {
    if (!this.hasOwnDisk) {
      this.#say('disk_full', 1);
      return () => this.#say('disk_full', 0);
    }
    const file = path.join(this.folder, 'in the way');
    for (const size of [1 << 20, 1 << 12, 1]) appendUntilFull(file, size);
    return () => rmSync(file);
  }

  /** As `hosts.yaml` has it. */
  get described(): Host {
    return findHost(this.world.sshd.alias, this.world.home).host;
  }

  /** A connection of its own. */
  link(): HostLink {
    const { home } = this.world;
    const host = this.described;
    return new HostLink(host, async (isGone) =>
      readyHost(host, { home, release: await hostRelease(agentSourceFolder()), isMeant: true, isGone }),
    );
  }

  /** Those of runs, whoever is their parent by now; of one run where it is named. */
  workers(run = ''): readonly number[] {
    return processes(path.join(this.store, 'runs', run), 'merge_lab_agent run');
  }

  agents(): readonly number[] {
    return processes(path.join(this.folder, 'agent'), 'merge_lab_agent serve');
  }

  /** The server and all that it started. */
  everything(): readonly number[] {
    const below = (pid: number): number[] => [pid, ...children(pid).flatMap((child) => below(child.pid))];
    return [...new Set([...below(this.world.sshd.pid), ...this.workers()])];
  }

  async remove(): Promise<void> {
    for (const pid of this.everything()) signal([pid], 'SIGCONT');
    signal(this.workers(), 'SIGKILL');
    await this.network.close();
    if (this.hasOwnDisk) execFileSync('umount', ['-l', this.folder]);
    await this.world.remove();
  }

  #say(name: string, value: number): void {
    writeFileSync(path.join(this.#python, name), String(value));
  }
}

/** A process that has gone by itself is no failure. */
export function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** With the packages of the tests' Python, and `slow_host.py`. */
function pythonOfItsOwn(folder: string): string {
  const python = findPython();
  execFileSync(python, ['-m', 'venv', '--without-pip', folder]);
  const ask = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  const packages = (of: string) => execFileSync(of, ['-c', ask], { encoding: 'utf8' }).trim();
  const own = packages(path.join(folder, 'bin', 'python'));
  cpSync(path.join(import.meta.dirname, 'slow_host.py'), path.join(own, 'slow_host.py'));
  writeFileSync(path.join(own, 'host.pth'), `${packages(python)}\nimport slow_host\n`);
  return folder;
}

function appendUntilFull(file: string, size: number): void {
  const block = Buffer.alloc(size);
  try {
    for (;;) appendFileSync(file, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

/** Living ones of these words that work in a folder or below. */
function processes(folder: string, words: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const said = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return said.includes(words) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
      } catch {
        return false;
      }
    })
    .map(Number);
}
