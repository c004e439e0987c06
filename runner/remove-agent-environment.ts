import { existsSync, renameSync } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { ProblemError } from '../core/problem.ts';
import { lockFile, logFile, managedFolder } from './managed-environment.ts';
import { setUpProblem } from './set-up-problem.ts';
import { lock } from './setup/lock.mjs';

export interface RemovedEnvironment {
  readonly freedBytes: number;
}

/**
 * Removes the managed environment of this version (`all`: of every version, `others`: of every other one) and says what
 * that freed; 0 where there was none. Waits for a set-up that is at work. Throws `environment_in_use`, `not_writable` or `cancelled`; what was begun
 * is never used again.
 */
export async function removeAgentEnvironment(
  home: string,
  options: { readonly of?: 'this' | 'others' | 'all'; readonly signal?: AbortSignal } = {},
): Promise<RemovedEnvironment> {
  const own = managedFolder(home);
  const folders = {
    this: async () => [own],
    others: () => otherVersions(home),
    all: () => versions(path.dirname(own)),
  }[options.of ?? 'this'];
  let freedBytes = await sweepRemoved(home);
  for (const folder of (await folders()).filter((one) => existsSync(one))) {
    try {
      const unlock = await lock(lockFile(folder), { signal: options.signal, onWait: () => {} });
      try {
        freedBytes += await removeFolder(folder);
        await rm(logFile(folder), { force: true });
      } finally {
        unlock();
      }
    } catch (error) {
      throw setUpProblem(error, folder);
    }
  }
  return { freedBytes };
}

/** What `of: 'others'` would remove, and the bytes of each. */
export async function otherEnvironments(
  home: string,
): Promise<readonly { readonly folder: string; readonly bytes: number }[]> {
  const folders = await otherVersions(home);
  return Promise.all(folders.map(async (folder) => ({ folder, bytes: await bytesIn(folder) })));
}

async function otherVersions(home: string): Promise<readonly string[]> {
  const own = managedFolder(home);
  return (await versions(path.dirname(own))).filter((folder) => folder !== own);
}

const ASIDE = '.removing-';

/** Under another name first, so that a cut leaves nothing that looks like an environment. Answers its bytes. */
export async function removeFolder(folder: string): Promise<number> {
  if (!existsSync(folder)) return 0;
  const aside = `${folder}${ASIDE}${process.pid}-${Date.now()}`;
  try {
    renameSync(folder, aside);
  } catch (cause) {
    throw inUse(folder, cause);
  }
  const bytes = await bytesIn(aside);
  await rm(aside, { recursive: true, force: true, maxRetries: 5 });
  return bytes;
}

/** What an earlier removal was cut in. Answers its bytes. */
export async function sweepRemoved(home: string): Promise<number> {
  const parent = path.dirname(managedFolder(home));
  let bytes = 0;
  for (const name of await names(parent)) {
    if (!name.includes(ASIDE)) continue;
    bytes += await bytesIn(path.join(parent, name));
    // One that is still in use goes the next time.
    await rm(path.join(parent, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  }
  return bytes;
}

async function versions(parent: string): Promise<readonly string[]> {
  const found = await names(parent);
  return found.filter((name) => /^agent-\d+(\.\d+)*$/.test(name)).map((name) => path.join(parent, name));
}

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const inside = path.join(folder, entry.name);
    bytes += entry.isDirectory()
      ? await bytesIn(inside)
      : await lstat(inside).then(
          ({ size }) => size,
          () => 0,
        );
  }
  return bytes;
}

function names(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

/** Windows does not let go of programs that run; elsewhere it is a matter of rights. */
function inUse(folder: string, cause: unknown): unknown {
  if (process.platform !== 'win32') return cause;
  return new ProblemError(
    {
      code: 'environment_in_use',
      message: `The environment ${folder} is in use and cannot be removed.`,
      fix: 'Stop its runs, close other windows, then try again.',
      file: folder,
    },
    { cause },
  );
}
