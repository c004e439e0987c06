/** Models that a host lacks: a relative one begins at its own folder of models, and one that is here can be copied. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Host } from '../../core/hosts/host.ts';
import { fixOfMissing } from '../../core/hosts/missing-model.ts';
import type { Problem } from '../../core/problem.ts';
import type { PrepareRequest } from '../../core/store/format.ts';

type Asked = Pick<PrepareRequest, 'root' | 'models'>;

/** Says of a missing model where the host looks for it (`folder`), and how large it is where it lies here. */
export function missingThere<P extends Problem>(
  problem: P,
  { root, models }: Asked,
  folder: string,
  host: Host,
): P {
  if (problem.code !== 'model_missing') return problem;
  const { source } = models.find((each) => path.posix.resolve(folder, each.source) === problem.file) ?? {};
  if (source === undefined) return problem;
  const here = path.resolve(root, source);
  const missing = { here, there: problem.file ?? '', size: sizeOf(here) };
  return { ...problem, fix: fixOfMissing(missing, folder, host) };
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
