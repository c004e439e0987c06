import type { Cell, Report } from '../../core/report/report.ts';
import { cellName } from '../../words/cell-name.ts';
import { meansSentence, precisionSentence, samplesSentence } from '../../words/precision.ts';
import { typicalMeansSentence } from '../../words/typical.ts';
import type { Style } from '../terminal/style.ts';
import { wrap } from '../terminal/table.ts';

/** How well the means are known, beside what the sweep asks for; of several methods and sizes, all and this one. */
export function precisionText(report: Report, cell: Cell, style: Style, columns: number): string {
  const { precision: all } = report;
  const own = cell.precision;
  if (!all || !own) return '';
  const sentences =
    report.cells.length > 1
      ? [precisionSentence(all), `${cellName(report, cell)}: ${precisionSentence(own)}`]
      : [precisionSentence(own)];
  const lines = [
    ...sentences,
    [meansSentence(own), typicalMeansSentence(cell), samplesSentence(own)].filter(Boolean).join(' '),
  ];
  const text = lines.map((line) => wrap(line, columns, '    ')).join('\n');
  return `  ${style.dim('Precision')}\n${text.trimEnd()}`;
}
