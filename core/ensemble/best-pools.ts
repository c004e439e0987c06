import { throwIfCancelled } from '../law/cancelled.ts';
import { type Losses, objectiveOf } from '../selection/measured.ts';
import { resample } from '../selection/resample.ts';
import { type CrossFitted, crossFitPools, poolRow } from './cross-fit-pools.ts';
import type { EnsembleData } from './data.ts';
import { costsOf, setLimits, summed, UNLIMITED } from './limits.ts';
import { mixtureOf } from './mixture.ts';
import { nearBestOf } from './near-best.ts';
import { bits, bitsPerByte, lossesOf, perNat, scoreOf } from './rows.ts';
import { tiedPools } from './tied-pools.ts';
import type { BestPool, EnsembleModel, EnsembleOptions, PoolGoal } from './types.ts';

/** Larger pools are named only where somebody asks for them. */
const LARGEST = 12;

/** The best pool of each count, and of the goal where it sets a limit that a model keeps. */
export function bestPools(
  data: EnsembleData,
  goal: PoolGoal,
  options: EnsembleOptions,
): { byCount: BestPool[]; goal: BestPool | null } {
  const counts = poolCounts(data);
  const asked = setLimits(goal).length > 0 ? [goal] : [];
  const found = crossFitPools(data, [...counts, ...asked], options.cancelled);
  const pools = describePools(found, data, options);
  return { byCount: pools.slice(0, counts.length), goal: pools[counts.length] ?? null };
}

/** One model, two, and so on. */
export function poolCounts({ pool }: EnsembleData): PoolGoal[] {
  return Array.from({ length: Math.min(pool.length, LARGEST) }, (_, i) => ({ ...UNLIMITED, k: i + 1 }));
}

export function describePools(
  found: readonly CrossFitted[],
  data: EnsembleData,
  { stage, cancelled }: EnsembleOptions,
): BestPool[] {
  const complete = stage === 'complete';
  const tied = complete ? tiesOf(data, cancelled) : () => null;
  return found.map((pool) => bestPool(pool, data, complete, tied(pool)));
}

function tiesOf(data: EnsembleData, cancelled: (() => boolean) | undefined) {
  const rows = data.pool.map((m) => data.rows[m] as Losses);
  const costs = data.pool.map((m) => costsOf(data.models[m] as EnsembleModel));
  const nearBest = nearBestOf(rows, perNat(data), costs);
  const resamples = resample(data.samples, data.seed);
  return ({ chosen, limit }: CrossFitted): BestPool['tied'] => {
    throwIfCancelled(cancelled);
    return chosen.members.length === rows.length
      ? null
      : tiedPools(chosen.members, limit, data, nearBest, resamples);
  };
}

function bestPool(
  { limit, chosen, crossFitted }: CrossFitted,
  data: EnsembleData,
  complete: boolean,
  tied: BestPool['tied'],
): BestPool {
  const members = chosen.members.map((m) => data.pool[m] as number);
  const models = members.map((m) => data.models[m] as EnsembleModel);
  const rows = members.map((m) => data.rows[m] as Losses);
  const everyone = chosen.members.map((_, i) => i);
  const costs = summed(models.map(costsOf));
  const score = scoreOf(poolRow(everyone, rows, data), data, complete);
  return {
    ...score,
    limit,
    members: models.map(({ name }) => name),
    parameters: costs.parameters,
    serving_bytes: costs.memory,
    flops_per_token: models.reduce((sum, { flopsPerToken }) => sum + flopsPerToken, 0),
    cross_fitted: bitsPerByte(crossFitted, data, complete),
    mixture: bits(objectiveOf(lossesOf(mixtureOf(rows), data.samples), data.weights)),
    bound: Math.min(bits(chosen.bound), score.bits_per_byte.value),
    proven: chosen.bound === chosen.loss,
    tied,
  };
}
