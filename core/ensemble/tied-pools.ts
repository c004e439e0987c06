import type { Losses, Measured } from '../selection/measured.ts';
import type { Resamples } from '../selection/resample.ts';
import { tiedWithBest } from '../selection/tied.ts';
import { poolRow } from './cross-fit-pools.ts';
import type { EnsembleData } from './data.ts';
import type { NearBest } from './near-best.ts';
import type { BestPool, PoolGoal } from './types.ts';

/** Pools compared at most, and values of resampled losses that they may take together. */
const MOST = 100;
const MOST_VALUES = 5e7;

/** Those of the next best pools within the limit that cannot be told from the chosen one, by max-t over paired replicates. */
export function tiedPools(
  chosen: readonly number[],
  limit: PoolGoal,
  data: EnsembleData,
  nearBest: NearBest,
  resamples: Resamples,
): BestPool['tied'] {
  const rows = data.pool.map((m) => data.rows[m] as Losses);
  const affordable = Math.floor(MOST_VALUES / (resamples.replicates * data.samples.tokens.length));
  const count = Math.max(10, Math.min(MOST, affordable));
  const pools = [chosen, ...nearBest(chosen, limit, count)].map(
    (members): Measured => ({ members, draws: 0, ...poolRow(members, rows, data) }),
  );
  const everyone = [...pools.keys()];
  const tied = tiedWithBest(0, everyone, pools, data.samples, data.weights, resamples);
  const nameOf = (m: number) => data.models[data.pool[m] as number]?.name ?? '';
  return {
    pools: tied.map((i) => (pools[i] as Measured).members.map(nameOf)),
    compared: pools.length,
    more: pools.length > count && tied.includes(pools.length - 1),
  };
}
