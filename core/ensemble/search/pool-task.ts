/**
 * What a search is asked: the pool of the least oracle, L(S) = Σ_s min_{m∈S} loss_ms, that takes no more than all of each
 * limit. M models, S samples. In facility-location terms: models are sites, samples are customers.
 */
import type { Losses } from '../../selection/measured.ts';
import { type Costs, fits, setLimits } from '../limits.ts';
import { lower } from '../rows.ts';
import type { PoolGoal } from '../types.ts';

export interface PoolTask {
  /** Share of the objective in nats, one column a model. Shape (M, S). */
  readonly losses: readonly Float64Array[];
  /** Share of each limit that is set that a model takes. Shape (limits, M). */
  readonly shares: readonly Float64Array[];
}

/** Sums of shares in another order differ by rounding only. */
export const WHOLE = 1 + 1e-9;

/** Losses that differ by rounding only are equal. */
export const ROUNDING = 1e-12;

/** What each sample counts in the objective, taken into the losses; samples that count nothing are left out. */
export function scaledLosses(rows: readonly Losses[], scale: Float64Array): Float64Array[] {
  const counted = Array.from(scale.keys()).filter((s) => (scale[s] as number) > 0);
  return rows.map(({ nll }) => Float64Array.from(counted, (s) => (scale[s] as number) * (nll[s] as number)));
}

/** Of the models that are within the limit by themselves. `models`: their indices. */
export function taskWithin(
  losses: readonly Float64Array[],
  costs: readonly Costs[],
  limit: PoolGoal,
): { readonly task: PoolTask; readonly models: readonly number[] } {
  const models = [...costs.keys()].filter((m) => fits(costs[m] as Costs, limit));
  const shares = setLimits(limit).map((name) =>
    Float64Array.from(models, (m) => (costs[m] as Costs)[name] / (limit[name] ?? 1)),
  );
  return { task: { losses: models.map((m) => losses[m] as Float64Array), shares }, models };
}

export function lossOf({ losses }: PoolTask, members: readonly number[]): number {
  const current = currentOf(losses, members);
  return current.reduce((sum, value) => sum + value, 0);
}

/** The oracle of a pool, sample by sample; of the empty one the worst model. Shape (S). */
export function currentOf(losses: readonly Float64Array[], members: readonly number[]): Float64Array {
  const [first, ...rest] = members;
  if (first === undefined) return worstOf(losses);
  const current = Float64Array.from(losses[first] as Float64Array);
  for (const m of rest) lower(current, losses[m] as Float64Array);
  return current;
}

function worstOf([first, ...rest]: readonly Float64Array[]): Float64Array {
  const worst = Float64Array.from(first ?? []);
  for (const column of rest)
    for (let s = 0; s < worst.length; s++)
      if ((column[s] as number) > (worst[s] as number)) worst[s] = column[s] as number;
  return worst;
}

/** What the pool has taken of each limit. Shape (limits). */
export function takenOf({ shares }: PoolTask, members: readonly number[]): number[] {
  return shares.map((share) => members.reduce((sum, m) => sum + (share[m] as number), 0));
}

/** Whether model `m` fits besides, once `out` has left. */
export function hasRoom({ shares }: PoolTask, taken: readonly number[], m: number, out = -1): boolean {
  return shares.every((share, l) => {
    const freed = out < 0 ? 0 : (share[out] as number);
    return (taken[l] as number) - freed + (share[m] as number) <= WHOLE;
  });
}
