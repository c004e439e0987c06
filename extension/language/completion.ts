/** What may be written at the cursor, in a whole file as in one that is being typed. */
import type { Range } from '../../core/experiment/diagnostic.ts';
import type { TargetName } from '../../core/hosts/target-name.ts';
import { keyCompletions } from './complete-keys.ts';
import { nameCompletions } from './complete-names.ts';
import { pathCompletions } from './complete-paths.ts';
import { valueCompletions } from './complete-values.ts';
import { type CursorPlace, placeAt } from './cursor-place.ts';
import type { FileRoots } from './named-files.ts';
import { entryAt, namesIn, type OutlineEntry, outlineOf } from './outline.ts';
import { type TagAt, tagsIn } from './schema-at.ts';
import { TextLines } from './text-lines.ts';

export interface Completion {
  readonly label: string;
  readonly kind: 'key' | 'value' | 'method' | 'expert' | 'domain' | 'folder' | 'model' | 'file';
  /** In place of `range`; with `$1` and the like where `snippet`. */
  readonly insert: string;
  readonly snippet: boolean;
  readonly range: Range;
  /** Plain text, in a few words. */
  readonly detail: string;
  /** Markdown, escaped. */
  readonly documentation: string;
  readonly sort: string;
  /** What the typed word is held against, where that is not the label. */
  readonly filter: string | null;
  /** Whether the next thing to write can be completed too. */
  readonly again: boolean;
}

/** A completion before it is fitted to the place. */
export type Suggestion = Pick<Completion, 'label' | 'kind' | 'insert'> &
  Partial<Pick<Completion, 'snippet' | 'detail' | 'documentation' | 'filter' | 'again'>>;

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
}

/** What suggestions are made from. */
export interface Asked {
  readonly text: string;
  readonly place: CursorPlace;
  readonly root: OutlineEntry;
  readonly list: ListFolder;
  readonly roots: FileRoots | null;
  readonly targets: readonly TargetName[];
}

export async function completions(
  text: string,
  offset: number,
  { list, roots, targets = [] }: Surroundings,
): Promise<readonly Completion[]> {
  const place = placeAt(text, offset);
  if (!place) return [];
  const asked: Asked = { text, place, root: outlineOf(text).root, list, roots, targets };
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

function distinct(found: readonly Suggestion[]): Suggestion[] {
  const seen = new Set<string>();
  return found.filter(({ label }) => !seen.has(label) && seen.add(label));
}

/** Each label once, in the place of the word at the cursor. */
export function fitted(
  text: string,
  place: CursorPlace,
  found: readonly Suggestion[],
): readonly Completion[] {
  const range = new TextLines(text).range(...place.word);
  return distinct(found).map((suggestion, i) => inPlace(suggestion, place, range, i));
}

/** Puts a space behind a colon or dash where one is missing, and quotes where they are open. */
function inPlace(suggestion: Suggestion, place: CursorPlace, range: Range, index: number): Completion {
  const { label, kind, insert, snippet = false, detail = '', documentation = '', again = false } = suggestion;
  const quote = /^["']/.exec(place.typed)?.[0] ?? '';
  const isQuotable = quote !== '' && !snippet && kind !== 'key';
  const body = isQuotable ? `${quote}${insert.replace(/^(["'])(.*)\1$/, '$2')}${quote}` : insert;
  const filter = suggestion.filter ?? null;
  return {
    label,
    kind,
    insert: place.needsSpace ? ` ${body}` : body,
    snippet,
    range,
    detail,
    documentation,
    sort: String(index).padStart(4, '0'),
    filter: isQuotable ? `${quote}${filter ?? label}` : filter,
    again,
  };
}
