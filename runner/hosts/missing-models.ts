/** Models that a host lacks: a relative one begins at its own folder of models, and one that is here can be copied. */
import path from 'node:path';
import type { Host } from '../../core/hosts/host.ts';
import { fixOfMissing, type MissingModel } from '../../core/hosts/missing-model.ts';
import type { Prepared, PrepareRequest } from '../../core/store/format.ts';
import { expandHome } from '../merge-request.ts';
import { modelFiles } from './model-files.ts';

type Placed = Prepared['problems'][number];
type Asked = Pick<PrepareRequest, 'root' | 'models'>;

export type ModelToSend = MissingModel & { readonly size: number };

/** Says of a missing model where the host looks for it (`folder`), and how large it is where it lies here. */
export function missingThere(problem: Placed, asked: Asked, folder: string, host: Host): Placed {
  const missing = missingModel(problem, asked);
  return missing ? { ...problem, fix: fixOfMissing(missing, folder, host) } : problem;
}

/** Each folder once; none where anything else is wrong too, which copies would not mend. */
export function modelsToSend(problems: readonly Placed[], asked: Asked): readonly ModelToSend[] {
  const found = problems.map((problem) => missingModel(problem, asked));
  const models = found.flatMap((model) => (model && canBeSent(model) ? [model] : []));
  return models.length === found.length
    ? [...new Map(models.map((model) => [model.there, model])).values()]
    : [];
}

/** The folder itself must be missing there, not something in it. */
function missingModel({ code, model, file }: Placed, { root, models }: Asked): MissingModel | null {
  const source = models.find(({ id }) => id === model)?.source;
  if (code !== 'model_missing' || source === undefined || file === undefined) return null;
  const { basename, resolve } = path.posix;
  if (basename(resolve('/', source)) !== basename(file)) return null;
  const here = path.resolve(root, expandHome(source));
  const files = modelFiles(here);
  const size = files.length === 0 ? null : files.reduce((sum, each) => sum + each.size, 0);
  return { source, here, there: file, size };
}

/**
 * A relative path of somebody else's experiment leads elsewhere on the host than here: nothing of it goes into a hidden
 * folder there, where programs look for what they obey.
 */
function canBeSent(model: MissingModel): model is ModelToSend {
  const { isAbsolute, normalize } = path.posix;
  const { source, size } = model;
  if (size === null) return false;
  if (isAbsolute(source) || source.startsWith('~/')) return true;
  return !normalize(source)
    .split('/')
    .some((part) => part.startsWith('.') && part !== '..' && part !== '.');
}
