import type { Range } from '../../core/experiment/diagnostic.ts';
import { plain } from '../../words/plain.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { entryAt, type OutlineEntry, scalarText } from './outline.ts';
import type { TextLines } from './text-lines.ts';

/** A section of the file, or an expert, method or domain in it. */
export interface OutlineSymbol {
  readonly name: string;
  readonly detail: string;
  readonly kind: 'section' | 'expert' | 'method' | 'domain' | 'size' | 'value';
  readonly range: Range;
  /** Of the name; inside `range`. */
  readonly selection: Range;
  readonly children: readonly OutlineSymbol[];
}

export function symbols({ outline, lines, text }: EditedExperiment): readonly OutlineSymbol[] {
  return outline.children.map((entry) => symbol(entry, lines, text));
}

function symbol(entry: OutlineEntry, lines: TextLines, text: string): OutlineSymbol {
  const end = Math.max(entry.value?.[1] ?? 0, entry.name[1]);
  const method = entry.key === null ? scalarText(text, entryAt(entry, ['method'])) : null;
  const own = scalarText(text, entry);
  const item = method ?? own ?? scalarText(text, entry.children[0] ?? null);
  const name = entry.key ?? item ?? '–';
  // A method's parameters say more as one line than as an outline of their own.
  const isLeaf = entry.key === null;
  return {
    name: plain(name) || '–',
    detail: plain(entry.key === null ? (method ? flat(text, entry) : '') : (own ?? ''), 80),
    kind: kindOf(entry),
    range: lines.range(entry.name[0], end),
    selection: lines.range(...entry.name),
    children: isLeaf ? [] : entry.children.map((child) => symbol(child, lines, text)),
  };
}

function kindOf({ path, children }: OutlineEntry): OutlineSymbol['kind'] {
  const [section, second, third] = path;
  if (section === 'methods' && path.length === 2) return 'method';
  if (section === 'sizes' && path.length === 2) return 'size';
  if (path.length === 1 || children.length > 0) return 'section';
  if (section === 'experts' || (section === 'sizes' && third === 'experts')) return 'expert';
  return section === 'evaluation' && (second === 'domains' || second === 'data') ? 'domain' : 'value';
}

/** What stands between the braces, in one line. */
function flat(text: string, { value }: OutlineEntry): string {
  if (!value) return '';
  return text
    .slice(...value)
    .slice(0, 200)
    .replace(/\s+/g, ' ')
    .replace(/^\{ ?| ?\}$/g, '');
}
