import type { Cell, Report } from '../../../core/report/report.ts';
import type { Style } from '../../terminal/style.ts';
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
        synergyText(own, report, style, columns),
        poolsText(own.pools, report, cell, style, columns),
        transferText(own.transfer, style, columns),
        spreadText(own, style, columns),
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
