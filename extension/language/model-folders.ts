import path from 'node:path';
import type { ListFolder } from './completion.ts';

export interface ModelFolder {
  readonly name: string;
  readonly kind: 'model' | 'LoRA adapter';
}

/** Folders looked into, of a folder that may hold thousands. */
const MOST_FOLDERS = 200;

/** Of a folder's subfolders those that hold a model. */
export async function modelFolders(folder: string, list: ListFolder): Promise<readonly ModelFolder[]> {
  const folders = (await list(folder)).filter(({ kind }) => kind === 'folder').slice(0, MOST_FOLDERS);
  const kinds = await Promise.all(folders.map(({ name }) => kindOf(path.join(folder, name), list)));
  return folders.flatMap(({ name }, i) => {
    const kind = kinds[i];
    return kind ? [{ name, kind }] : [];
  });
}

/** Told apart by their files, as the agent does. */
async function kindOf(folder: string, list: ListFolder): Promise<ModelFolder['kind'] | null> {
  const names = (await list(folder)).filter(({ kind }) => kind === 'file').map(({ name }) => name);
  const hasWeights = names.some(
    (name) => name.endsWith('.safetensors') || name.endsWith('.safetensors.index.json'),
  );
  if (names.includes('config.json') && hasWeights) return 'model';
  return names.includes('adapter_config.json') ? 'LoRA adapter' : null;
}

/** Names that stand for a placeholder in the paths that exist: `./eval/{domain}.json` finds `algebra`. */
export async function namesByPattern(
  pattern: string,
  placeholder: 'expert' | 'domain',
  list: ListFolder,
): Promise<readonly string[]> {
  const mark = `{${placeholder}}`;
  const folder = path.dirname(pattern.slice(0, pattern.indexOf(mark) + 1));
  const [own = '', ...rest] = pattern
    .slice(folder.length)
    .replace(/^[/\\]/, '')
    .split(/[/\\]/);
  const at = own.indexOf(mark);
  if (at === -1 || own.indexOf(mark, at + 1) !== -1 || rest.join().includes(mark)) return [];
  const before = own.slice(0, at);
  const after = own.slice(at + mark.length);
  const wanted = rest.length > 0 ? 'folder' : null;
  return (await list(folder)).flatMap(({ name, kind }) => {
    const fits =
      name.startsWith(before) && name.endsWith(after) && name.length > before.length + after.length;
    return fits && (wanted === null || kind === wanted)
      ? [name.slice(before.length, name.length - after.length)]
      : [];
  });
}
