/** Suggestions made to fit the place that they are written at. */
import type { Range } from '../../core/experiment/diagnostic.ts';
import type { CursorPlace } from './cursor-place.ts';
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

function distinct(found: readonly Suggestion[]): Suggestion[] {
  const seen = new Set<string>();
  return found.filter(({ label }) => !seen.has(label) && seen.add(label));
}
