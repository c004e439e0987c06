/** Where the store of a folder's experiments is: `.mergelab/<target>` beside them, or under the user's home. */
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Problem, ProblemError } from '../core/problem.ts';
import { type Brought, bringAlong } from './bring-along.ts';
import { makeFolders } from './make-folders.ts';

export interface StoreOptions {
  readonly home?: string;
  /** `local` (default), or the name of the host that it is a copy of. */
  readonly target?: string;
}

export interface StoreFolder {
  /** Absolute. */
  readonly path: string;
  /** Why it is not beside the experiment. */
  readonly warnings: readonly Problem[];
}

/** `~/.merge-lab`, or what `MERGE_LAB_HOME` names. */
export function userHome(home?: string): string {
  return home ?? process.env['MERGE_LAB_HOME'] ?? path.join(os.homedir(), '.merge-lab');
}

/**
 * The store for experiments in `folder`, created where it is missing. A folder that cannot be written has its store
 * under the user's home, where what lies beside it is brought along, and a warning says so. Throws `store_not_writable` or `disk_full`.
 */
export function openStoreFolder(folder: string, options: StoreOptions = {}): StoreFolder {
  const absolute = path.resolve(folder);
  const beside = storeBeside(absolute, options);
  const refused = create(beside);
  if (refused === null) return { path: beside, warnings: [] };
  if (refused.code === 'ENOSPC' || refused.code === 'EDQUOT') throw cannotCreate(beside, refused);
  const elsewhere = storeElsewhere(absolute, options);
  const alsoRefused = create(elsewhere);
  if (alsoRefused !== null) throw cannotCreate(elsewhere, alsoRefused);
  const brought = bringAlong(beside, elsewhere);
  return {
    path: elsewhere,
    warnings: [
      {
        code: 'store_elsewhere',
        message: `The folder ${absolute} cannot be written, so results are kept in ${elsewhere}.${said(brought)}`,
        fix: 'Copy the experiment into a folder of your own to keep its results beside it.',
        file: elsewhere,
      },
    ],
  };
}

function said({ there, unreadable }: Brought): string {
  const first = unreadable[0];
  const also = unreadable.length > 1 ? ` and ${unreadable.length - 1} more` : '';
  const left = first === undefined ? '' : ` Left out, because it cannot be read: ${first}${also}.`;
  return (there > 0 ? ' What was measured beside the experiment was copied there.' : '') + left;
}

/** The store that a session works in. One that only looks makes none: where there is none yet, the place that it would have. */
export function storeOfSession(
  folder: string,
  options: StoreOptions & { readonly readOnly?: boolean },
): StoreFolder {
  if (!options.readOnly) return openStoreFolder(folder, options);
  return { path: findStoreFolder(folder, options) ?? storeBeside(folder, options), warnings: [] };
}

/** The store for experiments in `folder` as it is, without making or writing anything; null where there is none. */
export function findStoreFolder(folder: string, options: StoreOptions = {}): string | null {
  const absolute = path.resolve(folder);
  const beside = storeBeside(absolute, options);
  if (isWritable(beside)) return beside;
  return [storeElsewhere(absolute, options), beside].find((store) => existsSync(store)) ?? null;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

export function storeBeside(folder: string, { target = 'local' }: StoreOptions): string {
  return path.join(folder, '.mergelab', target);
}

function storeElsewhere(folder: string, { home, target = 'local' }: StoreOptions): string {
  const name = `${path.basename(folder)}-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`;
  return path.join(userHome(home), 'stores', name, '.mergelab', target);
}

/** Null on success. A folder that exists is proven by writing into it: rights alone do not tell of read-only mounts. */
function create(store: string): NodeJS.ErrnoException | null {
  const probe = path.join(store, `.probe-${process.pid}`);
  try {
    makeFolders(store);
    writeFileSync(probe, '');
    rmSync(probe);
    ignoreInGit(path.dirname(store));
    return null;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

function ignoreInGit(folder: string): void {
  try {
    writeFileSync(path.join(folder, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function cannotCreate(store: string, cause: NodeJS.ErrnoException): ProblemError {
  const full = cause.code === 'ENOSPC' || cause.code === 'EDQUOT';
  return new ProblemError(
    {
      code: full ? 'disk_full' : 'store_not_writable',
      message: full
        ? `The disk is full: the store ${store} cannot be made.`
        : `The store ${store} cannot be made: ${cause.message}`,
      fix: full ? 'Free some space, then try again.' : 'Give yourself the right to write there.',
      file: store,
    },
    { cause },
  );
}
