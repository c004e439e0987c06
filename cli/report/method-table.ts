import type { Report } from '../../core/report/report.ts';
import { againstBestText } from '../../words/against-best.ts';
import { estimated } from '../../words/estimates.ts';
import { isFloorKnown } from '../../words/floor.ts';
import { loss } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import { typicalAtRecommended } from '../../words/typical.ts';
import type { Style } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { curveOf } from './curve-of.ts';
import { subsetText } from './k-table.ts';

/** All methods and sizes side by side, each at its own recommended k. */
export function methodTable(report: Report, style: Style, width: number): string {
  const declared = report.sizes.some((size) => size.declared);
  const rows = report.cells.map((cell, index) => {
    const curve = curveOf(cell);
    const recommended = curve?.recommended_k;
    const chosen = cell.selection?.recommended;
    const range =
      recommended?.low != null && recommended.high != null ? ` (${recommended.low}–${recommended.high})` : '';
    return [
      index === report.headline.cell ? style.green('▸') : ' ',
      ...(declared ? [plain(cell.size, 16)] : []),
      plain(cell.label, 40),
      cell.rank === null ? '' : `${cell.rank}`,
      againstBestText(report, cell),
      recommended ? `${recommended.k}${range}` : '',
      curve ? typicalAtRecommended(curve) : '',
      chosen ? estimated(chosen.cross_fitted) : '',
      chosen ? subsetText(report, chosen.members, 30) : '',
      curve && isFloorKnown(curve) ? loss(curve.parameters?.['Linf'] ?? Number.NaN) : '',
      curve?.form ?? '',
      cell.claims_law ? `${cell.progress.done}/${cell.progress.total}` : 'no law claims',
    ];
  });
  const titles = [
    '',
    ...(declared ? ['size'] : []),
    'method',
    'rank',
    'against the best',
    'k',
    'typical loss at k',
    'chosen subset',
    '',
    'L∞',
    'form',
    'merges',
  ];
  const left = new Set(['', 'size', 'method', 'form']);
  return table(
    titles.map((title, index) => ({
      title,
      align: left.has(title) ? 'left' : 'right',
      ...(index < titles.length - 5 ? {} : { leaveOut: titles.length - index }),
    })),
    rows,
    { indent: '  ', heading: style.dim, width },
  );
}
