/** Copies the sample experiment out of the package into a folder of the user's, where it can be edited and run. */
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ProblemError } from '../core/problem.ts';
import { makeFolders } from './make-folders.ts';
import { sampleExperiments } from './sample-experiments.ts';

/** Not for users: results of other runs, the scripts that made the sample, what the system leaves behind. */
const LEFT_OUT = new Set(['.mergelab', 'make', '__pycache__', '.DS_Store']);
/** Lies in the new folder while it is filled, so that a cut can be told from a folder of the user's own. */
const UNFINISHED = '.sample-unfinished';

/**
 * Copies what the package holds of the sample into `to`, which must be new or empty, and answers the absolute path of
 * the experiment file to open. Experiments come last, and only those whose models and data are in the package: where
 * one is, all that it needs is. A copy that was cut is gone on with. Throws `folder_not_empty`, `sample_missing`,
 * `disk_full`, `not_writable` or `cancelled`; then nothing of it remains.
 */
export async function copySample(
  from: string,
  to: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<string> {
  const target = path.resolve(to);
  const experiments = await sampleExperiments(from);
  const first = experiments[0];
  if (first === undefined) throw missing(from);
  const before = await claim(target);
  const stage = path.join(target, UNFINISHED);
  const placed: string[] = [];
  try {
    makeFolders(stage);
    const names = (await readdir(from)).filter(
      (name) => !LEFT_OUT.has(name) && (!isExperiment(name) || experiments.includes(name)),
    );
    // The first experiment is the very last: it is what is looked for.
    const order = [...names.filter((name) => !isExperiment(name)), ...[...experiments].reverse()];
    for (const name of order) await copyTree(path.join(from, name), path.join(stage, name), options.signal);
    for (const name of order) {
      // What stands there already was put there whole, by the copy that was cut.
      if (existsSync(path.join(target, name))) continue;
      await rename(path.join(stage, name), path.join(target, name));
      placed.push(name);
    }
    await rm(stage, { recursive: true, force: true });
  } catch (error) {
    for (const name of placed) await removeQuietly(path.join(target, name));
    // With parts of an earlier copy around it, the sign that they are ours must stay.
    if (before !== 'unfinished') await removeQuietly(stage);
    if (before === 'none') await rmdir(target).catch(() => {});
    throw asProblem(error, target);
  }
  return path.join(target, first);
}

/** Makes the folder, or sees that nothing of anybody else's is in it. Answers what was there. */
async function claim(target: string): Promise<'none' | 'empty' | 'unfinished'> {
  let inside: readonly string[];
  try {
    inside = await readdir(target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw asProblem(error, target);
    try {
      makeFolders(target);
      return 'none';
    } catch (cause) {
      throw asProblem(cause, target);
    }
  }
  if (inside.includes(UNFINISHED)) return 'unfinished';
  if (inside.every((name) => /^(\.DS_Store|Thumbs\.db|desktop\.ini)$/i.test(name))) return 'empty';
  throw new ProblemError({
    code: 'folder_not_empty',
    message: `The folder ${target} is not empty, so the sample is not copied into it.`,
    fix: 'Name a folder that is new or empty.',
    file: target,
  });
}

function removeQuietly(place: string): Promise<void> {
  return rm(place, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
}

/** Files and folders only; a link inside a package is not for following. */
async function copyTree(from: string, to: string, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) throw cancelled();
  const found = await stat(from);
  if (!found.isDirectory()) {
    await copyFile(from, to);
    // What is installed may be read-only; a copy is the user's own.
    await chmod(to, 0o644);
    return;
  }
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (LEFT_OUT.has(entry.name) || !(entry.isDirectory() || entry.isFile())) continue;
    await copyTree(path.join(from, entry.name), path.join(to, entry.name), signal);
  }
}

/** Bytes that `copySample` would write; 0 where the sample cannot be read. */
export async function sampleBytes(from: string): Promise<number> {
  const entries = await readdir(from, { withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter(({ name }) => !LEFT_OUT.has(name))
    .map(async (entry) => {
      const place = path.join(from, entry.name);
      if (entry.isDirectory()) return sampleBytes(place);
      return entry.isFile() ? (await stat(place)).size : 0;
    });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function isExperiment(name: string): boolean {
  return /\.mergelab\.ya?ml$/.test(name);
}

function cancelled(): ProblemError {
  return new ProblemError({
    code: 'cancelled',
    message: 'Copying the sample was stopped.',
    fix: 'Copy it again when you like.',
  });
}

function missing(from: string): ProblemError {
  return new ProblemError({
    code: 'sample_missing',
    message: `The sample is not at ${from}.`,
    fix: 'Install the extension again, or take a fresh checkout.',
    file: from,
  });
}

function asProblem(error: unknown, target: string): ProblemError {
  if (error instanceof ProblemError) return error;
  const cause = error as NodeJS.ErrnoException;
  const full = cause.code === 'ENOSPC' || cause.code === 'EDQUOT';
  return new ProblemError(
    {
      code: full ? 'disk_full' : 'not_writable',
      message: full
        ? `The disk is full: the sample cannot be copied to ${target}.`
        : `The sample cannot be copied to ${target}: ${cause.message}`,
      fix: full ? 'Free some space, or name a folder on another disk.' : 'Name a folder that you may write.',
      file: target,
    },
    { cause },
  );
}
