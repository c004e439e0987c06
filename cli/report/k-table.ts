import type { Cell, Report } from '../../core/report/report.ts';
import { columnDigits, estimated } from '../../words/estimates.ts';
import { count, loss, signed } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import type { Style } from '../terminal/style.ts';
import { table, wrap } from '../terminal/table.ts';
import { curveOf } from './curve-of.ts';

/** By k: the typical subset, the chosen one, and what the next expert buys. */
export function kTable(report: Report, cell: Cell, style: Style, width: number): string {
  const curve = curveOf(cell);
  if (!curve || curve.points.length === 0) return '';
  const typicalDigits = columnDigits(curve.points);
  const chosenDigits = columnDigits(
    (cell.selection?.chosen ?? []).map((candidate) => candidate.cross_fitted),
  );
  const gainDigits = columnDigits(curve.marginal_gain ?? []);
  const rows = curve.points.map((point) => {
    const chosen = cell.selection?.chosen.find((candidate) => candidate.k === point.k);
    const gain = curve.marginal_gain?.find((candidate) => candidate.k === point.k);
    const isRecommended = curve.recommended_k?.k === point.k;
    return [
      isRecommended ? style.green('▸') : ' ',
      isRecommended ? style.bold(`${point.k}`) : `${point.k}`,
      estimated({ value: point.mean, low: point.low, high: point.high }, loss, typicalDigits),
      point.sd === null ? '' : loss(point.sd, typicalDigits),
      chosen ? estimated(chosen.cross_fitted, loss, chosenDigits) : '',
      chosen ? subsetText(report, chosen.members) : '',
      gain ? signed(gain.gain, gainDigits) : '',
      point.of > 0 ? `${count(point.subsets)} of ${count(point.of)}` : count(point.subsets),
    ];
  });
  return table(
    [
      { title: '', align: 'left' },
      { title: 'k', align: 'right' },
      { title: 'typical loss (95%)', align: 'right' },
      { title: 'spread', align: 'right', leaveOut: 1 },
      { title: 'chosen, cross-fitted', align: 'right' },
      { title: 'chosen subset', align: 'left', leaveOut: 3 },
      { title: 'next buys', align: 'right', leaveOut: 4 },
      { title: 'subsets', align: 'right', leaveOut: 2 },
    ],
    rows,
    { indent: '  ', heading: style.dim, width },
  );
}

/** Every chosen subset with all its members, for who wants to read or copy them. */
export function chosenList(report: Report, cell: Cell, style: Style, width: number): string {
  const chosen = cell.selection?.chosen ?? [];
  if (chosen.length === 0) return '';
  const lines = chosen.map(({ k, members }) => {
    const names = members.map((member) => plain(report.pool[member] ?? '?', 60)).join(', ');
    return wrap(`${k}  ${names}`, width, '    ');
  });
  return [`  ${style.dim('Chosen subsets')}`, ...lines].join('\n');
}

/** Names of the members; of a large subset the ones left out, which are fewer. */
export function subsetText(report: Report, members: readonly number[], longest = 34): string {
  const names = members.map((member) => plain(report.pool[member] ?? '?', 24)).join(', ');
  if (members.length === report.pool.length && members.length > 1) return 'all';
  if (names.length <= longest) return names;
  const left = report.pool.filter((_, index) => !members.includes(index)).map((name) => plain(name, 24));
  const without = `all but ${left.join(', ')}`;
  if (left.length < members.length && without.length <= longest) return without;
  let shown = members.length;
  while (shown > 1) {
    shown -= 1;
    const some = members.slice(0, shown).map((member) => plain(report.pool[member] ?? '?', 24));
    const text = `${some.join(', ')} and ${members.length - shown} more`;
    if (text.length <= longest) return text;
  }
  return `${members.length} experts`;
}
