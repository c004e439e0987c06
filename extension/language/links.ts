/** From what the file names to where that is. */
import type { Position, Range } from '../../core/experiment/diagnostic.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { type FileRoots, type NamedFile, namedFiles } from './named-files.ts';
import { contains } from './text-lines.ts';

export interface FileLink {
  readonly kind: NamedFile['kind'];
  readonly range: Range;
  /** Absolute; several where the place is a pattern. */
  readonly targets: readonly { readonly name: string; readonly path: string }[];
}

/** One for each place: a pattern's leads to all that it stands for. */
export function fileLinks(edited: EditedExperiment, roots: FileRoots): readonly FileLink[] {
  const places = new Map<string, FileLink>();
  for (const { kind, name, path, range } of namedFiles(edited, roots)) {
    const { line, column } = range.start;
    const place = `${line}:${column}`;
    const known = places.get(place);
    places.set(place, { kind, range, targets: [...(known?.targets ?? []), { name, path }] });
  }
  return [...places.values()];
}

/** Where the word at a position is defined: its own link, or the expert's of that name. */
export function definitionAt(edited: EditedExperiment, at: Position, roots: FileRoots): FileLink | null {
  const links = fileLinks(edited, roots);
  const own = links.find(({ range }) => contains(range, at));
  if (own) return own;
  const name = wordAt(edited.lines.line(at.line), at.column);
  const isExpert = name !== '' && edited.named?.pool.includes(name) === true;
  if (!isExpert) return null;
  const named = links.flatMap((link) => {
    const targets = link.kind === 'model' ? link.targets.filter((target) => target.name === name) : [];
    return targets.length > 0 ? [{ ...link, targets }] : [];
  });
  const [first] = named;
  return first ? { ...first, targets: named.flatMap(({ targets }) => targets) } : null;
}

/** Longer words are no names that anybody gives. */
const LONGEST = 200;

function wordAt(line: string, column: number): string {
  const before =
    /[\p{L}\p{N}_.-]*$/u.exec(line.slice(Math.max(0, column - 1 - LONGEST), column - 1))?.[0] ?? '';
  const after = /^[\p{L}\p{N}_.-]*/u.exec(line.slice(column - 1, column - 1 + LONGEST))?.[0] ?? '';
  return before + after;
}
