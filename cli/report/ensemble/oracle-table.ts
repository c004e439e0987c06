import type { EnsembleReport, OraclePoint } from '../../../core/ensemble/types.ts';
import { byCountNote } from '../../../words/ensemble.ts';
import { columnDigits, estimated } from '../../../words/estimates.ts';
import { loss } from '../../../words/numbers.ts';
import { table, wrap } from '../../terminal/table.ts';
import type { EnsembleTextOptions } from './ensemble-text.ts';

/** So many sizes are all shown; above, those that double. */
const MOST = 12;

/** By the number of models: an average pool's oracle and what noise would give, and the best pool. */
export function oracleTable(report: EnsembleReport, { style, columns, full }: EnsembleTextOptions): string {
  const points = full ? report.oracle : report.oracle.filter(isShown);
  const pools = new Map(report.best_pools.map((pool) => [pool.limit.k, pool]));
  const digits = columnDigits(points.map(({ bits_per_byte }) => bits_per_byte));
  const rows = points.map((point) => {
    const best = pools.get(point.k);
    return [
      `${point.k}`,
      estimated(point.bits_per_byte, loss, digits),
      loss(point.gain.value),
      point.independent_gain === null ? '' : loss(point.independent_gain),
      best ? estimated(best.cross_fitted, loss, digits) : '',
      best ? loss(best.mixture) : '',
    ];
  });
  const numbers = table(
    [
      { title: 'k', align: 'right' },
      { title: 'average oracle (95%)', align: 'right' },
      { title: 'gain', align: 'right' },
      { title: 'by noise', align: 'right', leaveOut: 2 },
      { title: 'best pool, other samples', align: 'right' },
      { title: 'mixed, all samples', align: 'right', leaveOut: 1 },
    ],
    rows,
    { indent: '  ', heading: style.dim, width: columns },
  );
  const notes = [...notesOf(report, points), ...(full ? [] : ['Which models they are: --full.'])];
  return notes.length === 0 ? numbers : `${numbers}\n${style.dim(wrap(notes.join(' '), columns, '  '))}`;
}

function notesOf(report: EnsembleReport, points: readonly OraclePoint[]): readonly string[] {
  const judged = points.filter(({ bits_per_byte: { low } }) => low !== null).length;
  const limits = byCountNote(report);
  return [
    ...(limits === null ? [] : [limits]),
    ...(judged > 0 && judged < points.length
      ? [`Intervals are made for ${judged} of these ${points.length} k.`]
      : []),
  ];
}

function isShown({ k }: OraclePoint, _: number, all: readonly OraclePoint[]): boolean {
  return k <= MOST || k === all.length || Number.isInteger(Math.log2(k));
}
