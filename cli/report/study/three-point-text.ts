import type { ThreePointRow, ThreePointTable } from '../../../core/law/three-point-table.ts';
import { counted, loss } from '../../../words/numbers.ts';
import { plain } from '../../../words/plain.ts';
import { millinats, parameters } from '../../../words/units.ts';
import type { Style } from '../../terminal/style.ts';
import { table, wrap } from '../../terminal/table.ts';

/** How far three small merges see. */
export function threePointText({ rows, summary }: ThreePointTable, style: Style, columns: number): string {
  const objective = rows.filter(({ domain }) => domain === null);
  if (objective.length === 0) return '';
  const title = `  ${style.bold('Three points')}  ${style.dim('L∞ + A/(k + b) through k = 1, 2 and 4, against what was measured later')}`;
  const { rms, largest_absolute: largest, worst } = summary;
  const worstRow = worst === null ? undefined : rows[worst];
  const said =
    rms !== null && largest !== null && worstRow
      ? `${counted(summary.forecasts, 'forecast')} on ${summary.curves} of ${counted(summary.of, 'curve')} miss by ${millinats(rms)} (root mean square), at most by ${millinats(largest)} (${where(worstRow)}).`
      : 'No forecast can be judged.';
  const listed = table(
    ['method', 'size', 'L∞', 'A', 'b', 'misses by', 'largest k', ''].map((heading, i) => ({
      title: heading,
      align: i === 0 || i === 7 ? 'left' : 'right',
    })),
    objective.map(rowText),
    { indent: '    ', heading: style.dim, width: columns },
  );
  return [title, listed, wrap(said, columns, '    ')].join('\n');
}

function where({ domain, method }: ThreePointRow): string {
  return domain === null ? `the objective by ${plain(method)}` : `${plain(domain, 30)} by ${plain(method)}`;
}

function rowText({ method, N, law, forecasts, rms, reason }: ThreePointRow): string[] {
  const last = forecasts.at(-1);
  return [
    plain(method, 40),
    N === null ? '' : parameters(N * 1e9),
    law ? loss(law.Linf) : '',
    law ? loss(law.A) : '',
    law ? loss(law.b, 2) : '',
    rms === null ? '' : millinats(rms),
    last ? `${last.k}: ${loss(last.forecast)} for ${loss(last.measured)}` : '',
    reason ?? '',
  ];
}
