/** Brings the plans, evaluation sets and results of a store that cannot be written into one that can. */
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import path from 'node:path';
import { cannotWrite } from './write-atomically.ts';

export interface Brought {
  /** Result files that lie there, copied now or before. */
  readonly there: number;
  /** Files copied by this call; those that were here already are not counted. */
  readonly copied: number;
  /** Files that lie there but cannot be read. */
  readonly unreadable: readonly string[];
}

const KEPT = [
  { folder: 'plans', ending: '.jsonl', grows: false },
  { folder: 'evaluations', ending: '.json', grows: false },
  { folder: 'geometry', ending: '.json', grows: false },
  { folder: 'results', ending: '.jsonl', grows: true },
] as const;

/**
 * Copies what `from` has and `to` lacks: plans and evaluation sets that are missing or of another size, and results
 * that grew since. A result file with lines of our own is never replaced. Throws `disk_full` or `store_not_writable`.
 */
export function bringAlong(from: string, to: string): Brought {
  let there = 0;
  let copied = 0;
  const unreadable: string[] = [];
  for (const { folder, ending, grows } of KEPT) {
    for (const name of names(path.join(from, folder), ending)) {
      const theirs = path.join(from, folder, name);
      const ours = path.join(to, folder, name);
      let wanted: boolean;
      try {
        closeSync(openSync(theirs, 'r'));
        wanted = grows ? grewFrom(ours, theirs) : sizeOf(ours) !== sizeOf(theirs);
      } catch {
        unreadable.push(theirs);
        continue;
      }
      if (grows) there++;
      if (!wanted) continue;
      copy(theirs, ours);
      copied++;
    }
  }
  return { there, copied, unreadable };
}

/** A folder that is not there, or cannot be listed, has nothing to bring. */
function names(folder: string, ending: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && entry.name.endsWith(ending) && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}

function sizeOf(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.size ?? null;
}

/** Whether `theirs` is `ours` with more behind it: the end of ours is compared, where two writers would differ. */
function grewFrom(ours: string, theirs: string): boolean {
  const size = sizeOf(ours);
  if (size === null) return true;
  if ((sizeOf(theirs) ?? 0) <= size) return false;
  const begin = Math.max(0, size - 4096);
  return bytes(ours, begin, size).equals(bytes(theirs, begin, size));
}

function bytes(file: string, begin: number, end: number): Buffer {
  const handle = openSync(file, 'r');
  try {
    const read = Buffer.alloc(end - begin);
    return read.subarray(0, readSync(handle, read, 0, read.length, begin));
  } finally {
    closeSync(handle);
  }
}

/** Its time is kept: the newest plan is the one that is shown. */
function copy(from: string, to: string): void {
  const fresh = path.join(path.dirname(to), `.${path.basename(to)}.${process.pid}.tmp`);
  try {
    const { atime, mtime } = statSync(from);
    mkdirSync(path.dirname(to), { recursive: true });
    copyFileSync(from, fresh);
    chmodSync(fresh, 0o644); // the rights were copied too
    utimesSync(fresh, atime, mtime);
    renameSync(fresh, to);
  } catch (cause) {
    rmSync(fresh, { force: true });
    throw cannotWrite(to, cause as NodeJS.ErrnoException);
  }
}
