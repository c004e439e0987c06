import type { Cell, Report } from '../../../core/report/report.ts';
import { wholePoolNote } from '../../../words/goals.ts';
import type { Style } from '../../terminal/style.ts';
import { wrap } from '../../terminal/table.ts';
import { sizesText } from '../sizes-text.ts';
import { poolsText } from './pools-text.ts';
import { predictedText } from './predicted-text.ts';
import { returnsText } from './returns-text.ts';
import { spreadText } from './spread-text.ts';
import { stepText } from './step-text.ts';
import { synergyText } from './synergy-text.ts';
import { threePointText } from './three-point-text.ts';
import { transferText } from './transfer-text.ts';

/** All that the study says of one cell, then of the whole experiment; empty while there is none. */
export function studyText(report: Report, cell: Cell, style: Style, columns: number): string {
  const { study } = report;
  if (!study) return '';
  const own = study.cells[report.cells.indexOf(cell)];
  const ofCell = own
    ? [
        returnsText(own.returns, style, columns),
        withNote(synergyText(own, report, style, columns), report, columns),
        poolsText(own.pools, report, cell, style, columns),
        withNote(transferText(own.transfer, style, columns), report, columns),
        withNote(spreadText(own, style, columns), report, columns),
        stepText(own.step, report.pool.length, style, columns),
        predictedText(own.predicted, report, cell, style, columns),
      ]
    : [];
  return [
    ...ofCell,
    threePointText(study.three_point, style, columns),
    ...study.sizes_law.slice(0, 1).map((law) => sizesText(law, style, columns)),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** A part that is of all subsets says so where the rest of the report is not; an empty one stays empty. */
export function withNote(part: string, report: Report, columns: number): string {
  const note = wholePoolNote(report);
  return part === '' || note === '' ? part : `${part}\n${wrap(note, columns, '    ')}`;
}
