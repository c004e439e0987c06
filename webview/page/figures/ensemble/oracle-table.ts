import type { EnsembleReport } from '../../../../core/ensemble/types.ts';
import { names } from '../../../../words/ensemble.ts';
import { estimated } from '../../../../words/estimates.ts';
import { loss, NONE } from '../../../../words/numbers.ts';
import type { FigureTable } from '../figure.ts';

/** By the number of models: average pools, and the best one. */
export function oracleTable({ oracle, best_pools }: EnsembleReport): FigureTable {
  const best = new Map(best_pools.map((pool) => [pool.limit.k, pool]));
  const rows = oracle.map((point) => ({ point, pool: best.get(point.k) ?? null }));
  return {
    columns: [
      { title: 'k' },
      { title: 'Average oracle (95%)' },
      { title: 'Best member' },
      { title: 'Gain (95%)' },
      { title: 'By noise' },
      { title: 'Best pool, on other samples (95%)' },
      { title: 'Mixed, on all samples' },
      { title: 'Its models', text: true },
    ],
    rows: rows.map(({ point, pool }) => [
      `${point.k}`,
      estimated(point.bits_per_byte),
      loss(point.best_member),
      estimated(point.gain),
      point.independent_gain === null ? NONE : loss(point.independent_gain),
      pool ? estimated(pool.cross_fitted) : NONE,
      pool ? loss(pool.mixture) : NONE,
      pool ? names(pool.members, 6) : '',
    ]),
    csv: {
      columns: [
        ...['k', 'oracle', 'oracle_low', 'oracle_high', 'best_member', 'gain', 'gain_low', 'gain_high'],
        ...['independent_gain', 'best_pool', 'best_pool_low', 'best_pool_high', 'mixture', 'members'],
      ],
      rows: rows.map(({ point, pool }) => [
        point.k,
        ...[point.bits_per_byte.value, point.bits_per_byte.low, point.bits_per_byte.high, point.best_member],
        ...[point.gain.value, point.gain.low, point.gain.high, point.independent_gain],
        ...(pool
          ? [pool.cross_fitted.value, pool.cross_fitted.low, pool.cross_fitted.high, pool.mixture]
          : [null, null, null, null]),
        pool ? pool.members.join(' ') : null,
      ]),
    },
  };
}
