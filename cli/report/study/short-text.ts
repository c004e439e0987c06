import type { Cell, Report } from '../../../core/report/report.ts';
import { mergeWeightsLine } from '../../../core/report/study/merge-weights.ts';
import { plainLines } from '../../../words/plain.ts';
import { measuredWeightsIn, questionsOf } from '../../../words/questions.ts';
import type { Style } from '../../terminal/style.ts';
import { wrap } from '../../terminal/table.ts';

/** The questions that follow the answer, each on a line, and the line of measured weights to paste. */
export function shortStudy(report: Report, cell: Cell, style: Style, columns: number): string {
  const own = report.study?.cells[report.cells.indexOf(cell)];
  const [weights] = own ? measuredWeightsIn(own) : [];
  const lines = questionsOf(report, cell).map(({ question, answer }) =>
    wrap(`${question} ${plainLines(answer)}`, columns, '  ').replace(question, style.dim(question)),
  );
  // Whole, however long: it is there to be copied.
  return [
    ...lines,
    ...(weights ? [style.bold(mergeWeightsLine(report, cell.size, weights.weights))] : []),
  ].join('\n');
}
