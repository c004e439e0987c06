import type { Cell, Report } from '../../../core/report/report.ts';
import { addSentence, dropSentence } from '../../../words/neighbours.ts';
import { plainLines } from '../../../words/plain.ts';
import type { Style } from '../../terminal/style.ts';
import { wrap } from '../../terminal/table.ts';

/** The two questions that follow the answer, each on a line; empty without a recommended subset. */
export function shortStudy(report: Report, cell: Cell, style: Style, columns: number): string {
  const neighbours = report.study?.cells[report.cells.indexOf(cell)]?.neighbours;
  if (!neighbours) return '';
  const lines = [
    ['Which one can I drop?', dropSentence(neighbours, report.pool)],
    ['What would one more buy, added to these?', addSentence(neighbours, report.pool)],
  ] as const;
  return lines
    .filter(([, sentence]) => sentence !== '')
    .map(([question, sentence]) =>
      wrap(`${question} ${plainLines(sentence)}`, columns, '  ').replace(question, style.dim(question)),
    )
    .join('\n');
}
