/** Whether a process that another one wrote down still lives: an id alone may be used again. */
import { readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';

export interface ProcessIdentity {
  readonly host: string;
  /** Tells boots and containers apart that share a host name; empty where it is not known. */
  readonly space: string;
  readonly pid: number;
  /** Start time in the system's own words; empty where it is not known. */
  readonly started: string;
}

/** Null where that cannot be known from here: another machine, another container. */
export function processLives(process: ProcessIdentity): boolean | null {
  if (process.host !== os.hostname()) return null;
  if (process.space !== '' && process.space !== ownSpace()) return null;
  if (!exists(process.pid)) return false;
  if (os.platform() !== 'linux') return true;
  const started = startedOnLinux(process.pid);
  return started !== null && (process.started === '' || process.started === started);
}

/** In the words of the agent's `process.py`. */
function ownSpace(): string {
  if (os.platform() !== 'linux') return '';
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'ascii').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

function exists(pid: number): boolean {
  try {
    globalThis.process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Null for a process that is gone, or dead and only not yet collected by its parent. */
function startedOnLinux(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything: fields count from its end, state first, start 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return /^[ZXx]/.test(fields[0] ?? '') ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
