/** The agent's sources as they come with the extension or a checkout. */
import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { ProblemError } from '../core/problem.ts';

const PACKAGE = 'merge_lab_agent';
const MANIFEST = 'pyproject.toml';

/** Relative paths of what is installed, in order: the manifest and the package, without what Python compiled. */
async function filesOf(source: string): Promise<readonly string[]> {
  try {
    const inside = await readdir(path.join(source, PACKAGE), { recursive: true, withFileTypes: true });
    const files = inside
      .filter((entry) => entry.isFile() && /\.py$|^py\.typed$/.test(entry.name))
      .map((entry) => path.relative(source, path.join(entry.parentPath, entry.name)));
    return [MANIFEST, ...files.sort()];
  } catch (cause) {
    throw missing(source, cause);
  }
}

/** What an environment of it is made from: names and contents. Throws `agent_source_missing`. */
export async function sourceInputs(source: string): Promise<readonly string[]> {
  const files = await filesOf(source);
  try {
    const contents = await Promise.all(files.map((file) => readFile(path.join(source, file), 'utf8')));
    return files.flatMap((file, i) => [file.replaceAll(path.sep, '/'), contents[i] ?? '']);
  } catch (cause) {
    throw missing(source, cause);
  }
}

/** pip builds inside the folder that it installs: it gets one of its own, made anew. */
export async function copySource(source: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true, maxRetries: 3 });
  for (const file of await filesOf(source)) {
    await mkdir(path.dirname(path.join(to, file)), { recursive: true });
    await copyFile(path.join(source, file), path.join(to, file));
  }
}

function missing(source: string, cause: unknown): ProblemError {
  return new ProblemError(
    {
      code: 'agent_source_missing',
      message: `The agent's sources cannot be read at ${source}.`,
      fix: 'Install the extension again, or take a fresh checkout.',
      file: source,
    },
    { cause },
  );
}
