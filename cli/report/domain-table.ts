import type { Cell, Report } from '../../core/report/report.ts';
import { floorText } from '../../words/floor.ts';
import { count, loss } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import { millinats } from '../../words/units.ts';
import type { Style } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';

/** The law of every domain: where it holds, and where it fits badly. */
export function domainTable(report: Report, cell: Cell, style: Style): string {
  const size = report.sizes.find((candidate) => candidate.name === cell.size);
  const rows = cell.curves
    .filter((curve) => curve.domain !== null)
    .map((curve) => {
      const index = report.domains.findIndex((domain) => domain.name === curve.domain);
      const domain = report.domains[index];
      const first = curve.points[0];
      const last = curve.points[curve.points.length - 1];
      return [
        plain(curve.domain ?? '', 24),
        domain ? count(domain.scored_tokens) : '',
        size?.base ? loss(size.base.domains[index] ?? Number.NaN) : '',
        first ? loss(first.mean) : '',
        last ? loss(last.mean) : '',
        curve.form ?? '',
        floorText(curve),
        curve.r2 === null ? '' : curve.r2.toFixed(3),
        curve.rmse === null ? '' : millinats(curve.rmse),
        curve.recommended_k ? `${curve.recommended_k.k}` : '',
      ];
    });
  if (rows.length === 0) return '';
  return table(
    ['domain', 'tokens', 'base', 'smallest k', 'largest k', 'form', 'floor L∞', 'R²', 'rmse', 'k'].map(
      (title, index) => ({
        title,
        align: index === 0 || index === 5 ? 'left' : 'right',
      }),
    ),
    rows,
    { indent: '  ', heading: style.dim },
  );
}
