/** What may be written at the cursor, in a whole file as in one that is being typed. */
import type { TargetName } from '../../core/hosts/target-name.ts';
import { keyCompletions } from './complete-keys.ts';
import { nameCompletions } from './complete-names.ts';
import { pathCompletions } from './complete-paths.ts';
import { valueCompletions } from './complete-values.ts';
import { type CursorPlace, placeAt } from './cursor-place.ts';
import { type Completion, fitted } from './fit-completion.ts';
import { type ModelPlace, type ModelsBelow, placeHere, placeOn } from './model-place.ts';
import type { FileRoots } from './named-files.ts';
import { entryAt, namesIn, type OutlineEntry, outlineOf, scalarText } from './outline.ts';
import { type TagAt, tagsIn } from './schema-at.ts';

export interface Listed {
  readonly name: string;
  readonly kind: 'folder' | 'file';
}

/** Entries of an absolute folder; empty where it cannot be read. */
export type ListFolder = (folder: string) => Promise<readonly Listed[]>;

export interface Surroundings {
  readonly list: ListFolder;
  /** Null for a file that was never saved. */
  readonly roots: FileRoots | null;
  /** What may be a target besides `local`. */
  readonly targets?: readonly TargetName[];
  /** Asked of hosts that were agreed to alone; left out: of none. */
  readonly modelsBelow?: ModelsBelow;
}

/** What suggestions are made from. */
export interface Asked {
  readonly text: string;
  readonly place: CursorPlace;
  readonly root: OutlineEntry;
  readonly list: ListFolder;
  readonly roots: FileRoots | null;
  readonly targets: readonly TargetName[];
  /** Null where no folder is known to begin at. */
  readonly models: ModelPlace | null;
}

export async function completions(
  text: string,
  offset: number,
  { list, roots, targets = [], modelsBelow }: Surroundings,
): Promise<readonly Completion[]> {
  const place = placeAt(text, offset);
  if (!place) return [];
  const { root } = outlineOf(text);
  const here = roots && placeHere(list, roots);
  const target = scalarText(text, entryAt(root, ['target']));
  const host = targets.find(({ host, isAgreed }) => isAgreed && host.name === target)?.host;
  const models = modelsBelow && host ? placeOn(host.name, modelsBelow, here) : here;
  const asked: Asked = { text, place, root, list, roots, targets, models };
  const found = [
    ...(await nameCompletions(asked)),
    ...(await pathCompletions(asked)),
    ...valueCompletions(asked),
    ...keyCompletions(asked),
  ];
  return fitted(text, place, found);
}

export function tagAt({ text, root }: Pick<Asked, 'text' | 'root'>): TagAt {
  return tagsIn(text, root);
}

/** Names under a path: of a list's items or of a map's keys. */
export function namesAt({ text, root }: Asked, path: CursorPlace['path']): readonly string[] {
  return namesIn(text, entryAt(root, path));
}
