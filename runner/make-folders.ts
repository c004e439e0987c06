/** Folders for what a user asked to have written somewhere. */
import { mkdirSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { ProblemError } from '../core/problem.ts';

/**
 * The folder with those above it, one level at a time: Node's own recursion never ends where the system refuses with
 * "no such file", as below `/proc`. Throws the system's error.
 */
export function makeFolders(folder: string): void {
  if (isFolder(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolders(parent);
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!isFolder(folder)) throw error;
  }
}

/** Proves by a folder that is made and removed that a new one can be made at `place`. Throws `out_not_writable`. */
export function checkCanBeMade(place: string): void {
  let there = path.dirname(place);
  try {
    while (!statSync(there, { throwIfNoEntry: false })) there = path.dirname(there);
    rmdirSync(mkdtempSync(path.join(there, '.merge-lab-')));
  } catch (cause) {
    throw new ProblemError(
      {
        code: 'out_not_writable',
        message: `${place} cannot be written: nothing can be made in ${there} (${(cause as NodeJS.ErrnoException).code}).`,
        fix: 'Name another folder, or give yourself the right to write there.',
      },
      { cause },
    );
  }
}

function isFolder(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
