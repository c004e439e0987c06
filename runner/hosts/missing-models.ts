/** Models that a host lacks: a relative one begins at its own folder of models, and one that is here can be copied. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Host } from '../../core/hosts/host.ts';
import type { Problem } from '../../core/problem.ts';
import type { PrepareRequest } from '../../core/store/format.ts';
import { bytes } from '../../words/units.ts';

type Asked = Pick<PrepareRequest, 'root' | 'models'>;

/** Says of a missing model where the host looks for it, and how large it is where it lies here. */
export function missingThere<P extends Problem>(
  problem: P,
  { root, models }: Asked,
  there: string,
  host: Host,
): P {
  if (problem.code !== 'model_missing') return problem;
  const { source } = models.find((each) => path.posix.resolve(there, each.source) === problem.file) ?? {};
  if (source === undefined) return problem;
  const here = path.resolve(root, source);
  const size = sizeOf(here);
  if (size === null)
    return { ...problem, fix: `Correct the path; on ${host.name} a relative one begins at ${there}.` };
  const copy = `rsync -aP --mkpath ${quoted(`${here}/`)} ${quoted(`${host.ssh}:${problem.file}/`)}`;
  return {
    ...problem,
    fix: `It lies here (${bytes(size)}). This copies it, and goes on after a cut: ${copy}`,
  };
}

/** Bytes of a folder's files; null where there is no folder, or none that can be read. */
function sizeOf(folder: string): number | null {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .reduce((sum, { parentPath, name }) => sum + statSync(path.join(parentPath, name)).size, 0);
  } catch {
    return null;
  }
}

function quoted(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
