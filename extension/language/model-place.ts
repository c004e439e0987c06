/** Where the models of an experiment lie: in folders of this machine, or of the host that it runs on. */
import path from 'node:path';
import type { Listed, ListFolder } from './completion.ts';
import { modelFolders } from './model-folders.ts';
import { type FileRoots, resolvePath } from './named-files.ts';

export interface ModelPlace {
  /** One name for a folder, however it is written. */
  readonly resolve: (written: string) => string;
  readonly entries: ListFolder;
  /** Subfolders of a resolved folder that hold a model, and what kind it is, in words. */
  readonly models: (folder: string) => Promise<readonly { readonly name: string; readonly kind: string }[]>;
}

/** Models somewhere below a folder of a host, relative to it; null where that is not known. */
export type ModelsBelow = (
  host: string,
  folder: string,
) => Promise<readonly { readonly path: string; readonly kind: 'checkpoint' | 'adapter' }[] | null>;

export function placeHere(list: ListFolder, roots: FileRoots): ModelPlace {
  return {
    resolve: (written) => resolvePath(written, roots),
    entries: list,
    models: (folder) => modelFolders(folder, list),
  };
}

/** What is not known of the host is looked for in `here`: its models may come from there. */
export function placeOn(host: string, below: ModelsBelow, here: ModelPlace | null): ModelPlace {
  return {
    resolve: (written) => path.posix.normalize(written).replace(/(.)\/$/, '$1'),
    entries: async (folder) => {
      const found = await below(host, folder);
      return found ? foldersIn(found) : (here?.entries(here.resolve(folder)) ?? []);
    },
    models: async (folder) => {
      const found = await below(host, folder);
      if (!found) return here?.models(here.resolve(folder)) ?? [];
      return found
        .filter(({ path: name }) => name !== '.' && !name.includes('/'))
        .map(({ path: name, kind }) => ({
          name,
          kind: `${kind === 'adapter' ? 'LoRA adapter' : 'model'} on ${host}`,
        }));
    },
  };
}

/** The first step of each path. */
function foldersIn(found: readonly { readonly path: string }[]): readonly Listed[] {
  const names = new Set(found.map(({ path: below }) => below.split('/')[0] ?? ''));
  return [...names].filter((name) => name !== '.').map((name) => ({ name, kind: 'folder' }));
}
