import type { Cell, Report } from '../../core/report/report.ts';
import { columnDigits, estimated } from '../../words/estimates.ts';
import { goalsRemark } from '../../words/goals.ts';
import { count, loss, signed } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import type { Style } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';

/** Experts by what they bring to a merge, most helpful first, with the loss of each unmerged. */
export function expertTable(report: Report, cell: Cell, style: Style): string {
  const selection = cell.selection;
  if (!selection || selection.attribution.every((attribution) => attribution === null)) return '';
  const size = report.sizes.find((candidate) => candidate.name === cell.size);
  const picked = new Set(selection.recommended?.members ?? []);
  const order = report.pool
    .map((name, index) => ({ name, index, attribution: selection.attribution[index] ?? null }))
    .sort((a, b) => (a.attribution?.effect.value ?? Infinity) - (b.attribution?.effect.value ?? Infinity));
  const digits = columnDigits(order.flatMap(({ attribution }) => (attribution ? [attribution.effect] : [])));
  const rows = order.map(({ name, index, attribution }) => {
    const unmerged = size?.experts[index];
    return [
      picked.has(index) ? style.green('✓') : ' ',
      plain(name, 30),
      attribution ? estimated(attribution.effect, signed, digits) : goalsRemark(report, name),
      attribution ? count(attribution.comparisons) : '',
      unmerged ? loss(unmerged.objective.value) : '',
    ];
  });
  const excluded = report.excluded.map((name) => [' ', plain(name, 30), goalsRemark(report, name), '', '']);
  return table(
    [
      { title: '', align: 'left' },
      { title: 'expert', align: 'left' },
      { title: 'effect on the loss when added, against the average expert', align: 'right' },
      { title: 'from merges', align: 'right' },
      { title: 'unmerged', align: 'right' },
    ],
    [...rows, ...excluded],
    { indent: '  ', heading: style.dim },
  );
}
