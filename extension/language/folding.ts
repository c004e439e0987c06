import type { EditedExperiment } from './edited-experiment.ts';
import type { OutlineEntry } from './outline.ts';

export interface Fold {
  /** 1-based, both inclusive. */
  readonly begin: number;
  readonly end: number;
  readonly kind: 'section' | 'comment';
}

/** Sections and everything else with more than one line, and blocks of comments. */
export function folds({ outline, lines }: EditedExperiment): readonly Fold[] {
  const found: Fold[] = [];
  const visit = (entry: OutlineEntry) => {
    const begin = lines.position(entry.name[0]).line;
    const end = lines.position(Math.max(entry.value?.[1] ?? 0, entry.name[1])).line;
    if (end > begin) found.push({ begin, end, kind: 'section' });
    for (const child of entry.children) visit(child);
  };
  for (const entry of outline.children) visit(entry);
  let comment = 0;
  for (let line = 1; line <= lines.count + 1; line++) {
    if (/^\s*#/.test(lines.line(line))) comment ||= line;
    else {
      if (comment > 0 && line - comment > 1) found.push({ begin: comment, end: line - 1, kind: 'comment' });
      comment = 0;
    }
  }
  return found;
}
