import { stepSentences } from '../../words/step-length.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { escapeMarkdown } from './markdown.ts';
import { cellsOfMethods } from './report-cells.ts';

/** What tuning the scale of a method gives; null where it is fixed, or nothing is tuned yet. */
export function hoverOfScale({ experiment, state }: EditedExperiment, index: number): string | null {
  const report = state?.report;
  const cell = experiment && report ? cellsOfMethods(experiment, report)[index] : null;
  const step = cell && report ? report.study?.cells[report.cells.indexOf(cell)]?.step : null;
  if (!step || !report) return null;
  return stepSentences(step, report.pool.length)
    .map((sentence) => escapeMarkdown(sentence, 1000))
    .join('  \n');
}
