import type { TextEdit } from '../../extension/language/text-edit.ts';
import { TextLines } from '../../extension/language/text-lines.ts';

/** The text with edits made, as the editor makes them: ranges of the text before, none overlapping. */
export function apply(text: string, edits: readonly TextEdit[]): string {
  const lines = new TextLines(text);
  const offsets = edits
    .map(({ range, newText }) => ({
      begin: lines.offset(range.start),
      end: lines.offset(range.end),
      newText,
    }))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  offsets.forEach(({ begin }, i) => {
    if (i > 0 && begin < (offsets[i - 1]?.end ?? 0)) throw new Error('edits overlap');
  });
  return offsets.reduceRight(
    (made, { begin, end, newText }) => made.slice(0, begin) + newText + made.slice(end),
    text,
  );
}
