import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { ProblemError } from '../core/problem.ts';
import { makeFolders } from './make-folders.ts';

/** A reader, or a power cut, finds the old content or the new, never a part. Throws `disk_full` or `store_not_writable`. */
export function writeAtomically(file: string, text: string): void {
  const fresh = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
  try {
    makeFolders(path.dirname(file));
    const handle = openSync(fresh, 'w');
    try {
      const bytes = Buffer.from(text);
      for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(fresh, file);
  } catch (cause) {
    rmSync(fresh, { force: true });
    throw cannotWrite(file, cause as NodeJS.ErrnoException);
  }
}

/** What a person is told when a file of the store cannot be written. */
export function cannotWrite(file: string, cause: NodeJS.ErrnoException): ProblemError {
  const full = cause.code === 'ENOSPC' || cause.code === 'EDQUOT';
  return new ProblemError(
    {
      code: full ? 'disk_full' : 'store_not_writable',
      message: full
        ? `The disk is full: ${file} cannot be written.`
        : `${file} cannot be written: ${cause.message}`,
      fix: full
        ? 'Free some space, then start again; no result is lost.'
        : 'Give yourself the right to write there.',
      file,
    },
    { cause },
  );
}
