import type { EnsembleReport, OraclePoint } from '../../../core/ensemble/types.ts';
import { columnDigits, estimated } from '../../../words/estimates.ts';
import { loss } from '../../../words/numbers.ts';
import { nameList, plain } from '../../../words/plain.ts';
import { table } from '../../terminal/table.ts';
import type { EnsembleTextOptions } from './ensemble-text.ts';

/** So many sizes are all shown; above, those that double. */
const MOST = 12;

/** By the number of models: an average pool's oracle and what noise would give, and the best pool. */
export function oracleTable(report: EnsembleReport, { style, columns, full }: EnsembleTextOptions): string {
  const points = full ? report.oracle : report.oracle.filter(isShown);
  const pools = new Map(report.best_pools.map((pool) => [pool.members.length, pool]));
  const digits = columnDigits(points.map(({ bits_per_byte }) => bits_per_byte));
  const rows = points.map((point) => {
    const best = pools.get(point.k);
    return [
      `${point.k}`,
      estimated(point.bits_per_byte, loss, digits),
      loss(point.gain.value),
      point.independent_gain === null ? '' : loss(point.independent_gain),
      best ? estimated(best.cross_fitted, loss, digits) : '',
      best
        ? nameList(
            best.members.map((name) => plain(name, 30)),
            3,
          )
        : '',
    ];
  });
  return table(
    [
      { title: 'k', align: 'right' },
      { title: 'average oracle (95%)', align: 'right' },
      { title: 'gain', align: 'right' },
      { title: 'by noise', align: 'right', leaveOut: 2 },
      { title: 'best pool, cross-fitted', align: 'right' },
      { title: 'its models', align: 'left', leaveOut: 1 },
    ],
    rows,
    { indent: '  ', heading: style.dim, width: columns },
  );
}

function isShown({ k }: OraclePoint, _: number, all: readonly OraclePoint[]): boolean {
  return k <= MOST || k === all.length || Number.isInteger(Math.log2(k));
}
