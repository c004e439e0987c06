/** What the recommended merge does on tasks, beside the line that names them. */
import type { Report } from '../../core/report/report.ts';
import { missingText, taskInShort, taskSentences } from '../../words/downstream.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { type Hint, hintAtEnd } from './hint.ts';

/** One for each line with tasks. */
export function downstreamHints(edited: EditedExperiment, { downstream }: Report): Hint[] {
  if (!downstream) return [];
  const lines = new Map<number, { readonly texts: string[]; readonly tooltips: string[] }>();
  for (const [i, task] of downstream.tasks.entries()) {
    const range = edited.valueRange(['evaluation', 'downstream', i]);
    if (!range) continue;
    const found = lines.get(range.end.line) ?? { texts: [], tooltips: [] };
    found.texts.push(taskInShort(downstream, task));
    found.tooltips.push(...taskSentences(task));
    lines.set(range.end.line, found);
  }
  return [...lines].map(([line, { texts, tooltips }]) =>
    hintAtEnd(edited, line, texts.join('  |  '), tooltips.join('\n')),
  );
}

/** Of all tasks, or of one. */
export function downstreamSentences({ state }: EditedExperiment, index: number | null): readonly string[] {
  const downstream = state?.report?.downstream;
  if (!downstream) return [];
  const tasks = index === null ? downstream.tasks : downstream.tasks.slice(index, index + 1);
  return [...tasks.flatMap(taskSentences), missingText(downstream)].filter((sentence) => sentence !== '');
}
