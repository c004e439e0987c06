import { throwIfCancelled } from '../law/cancelled.ts';
import { type Losses, objectiveOf } from '../selection/measured.ts';
import { resample } from '../selection/resample.ts';
import { betterMerge, type Served } from './better-merge.ts';
import { type CrossFitted, crossFitPools, poolRow } from './cross-fit-pools.ts';
import type { EnsembleData } from './data.ts';
import { costsOf, fits, setLimits, summed, UNLIMITED } from './limits.ts';
import { mixtureOf } from './mixture.ts';
import { nearBestOf } from './near-best.ts';
import { bits, bitsPerByte, lossesOf, minus, perNat, scoreOf } from './rows.ts';
import { tiedPools } from './tied-pools.ts';
import type { BestPool, EnsembleModel, EnsembleOptions, PoolGoal, ServedPool } from './types.ts';

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
  found: CrossFitted,
  data: EnsembleData,
  complete: boolean,
  tied: BestPool['tied'],
): BestPool {
  const { limit, chosen, crossFitted } = found;
  const members = chosen.members.map((m) => data.pool[m] as number);
  const models = members.map((m) => data.models[m] as EnsembleModel);
  const rows = members.map((m) => data.rows[m] as Losses);
  const everyone = chosen.members.map((_, i) => i);
  const costs = summed(models.map(costsOf));
  const served = servedPool(found, data, complete);
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
    served,
    better_merge: betterMerge(rivalOf(found, served, data, complete), limit, data, complete),
    bound: Math.min(bits(chosen.bound), score.bits_per_byte.value),
    proven: chosen.bound === chosen.loss,
    tied,
  };
}

function servedPool({ limit, mixed }: CrossFitted, data: EnsembleData, complete: boolean): ServedPool | null {
  if (!mixed) return null;
  const models = mixed.members.map((m) => data.models[data.pool[m] as number] as EnsembleModel);
  const costs = summed(models.map(costsOf));
  const single = bestSingle(data, limit);
  const gain = minus(data.rows[single] as Losses, mixed.crossFitted, data.samples);
  return {
    members: models.map(({ name }) => name),
    parameters: costs.parameters,
    serving_bytes: costs.memory,
    mixed: bitsPerByte(mixed.crossFitted, data, complete),
    single: data.models[single]?.name ?? '',
    gain: bitsPerByte(gain, data, complete),
  };
}

/** What is served without a merge: the mixture where it is surely better than one model alone. */
function rivalOf(
  { limit, mixed }: CrossFitted,
  served: ServedPool | null,
  data: EnsembleData,
  complete: boolean,
): Served {
  const modelOf = (m: number) => data.models[m] as EnsembleModel;
  if (mixed && served && isServed(served, complete))
    return { models: mixed.members.map((m) => modelOf(data.pool[m] as number)), row: mixed.crossFitted };
  const single = bestSingle(data, limit);
  return { models: [modelOf(single)], row: data.rows[single] as Losses };
}

/** While there are only points, they decide. */
function isServed({ gain: { value, low } }: ServedPool, complete: boolean): boolean {
  return low === null ? !complete && value > 0 : low > 0;
}

/** Index of the best model of the pool by itself, of those within the limit, of which there is one. */
export function bestSingle({ pool, models, rows, weights }: EnsembleData, limit: PoolGoal): number {
  const lossOf = (m: number) => objectiveOf(rows[m] as Losses, weights);
  return pool
    .filter((m) => fits(costsOf(models[m] as EnsembleModel), limit))
    .reduce((a, b) => (lossOf(b) < lossOf(a) ? b : a));
}
