import type { Losses } from '../selection/measured.ts';
import { type Costs, feasibleMasks, fits, summed } from './limits.ts';
import { EXACT_MODELS, membersOf, poolLosses, sumsByMask } from './pool-losses.ts';
import { Effort } from './search/effort.ts';
import { lossOf, ROUNDING, scaledLosses, taskWithin } from './search/pool-task.ts';
import { searchPool } from './search/search-pool.ts';
import type { PoolGoal } from './types.ts';

/** A pool as chosen on given samples. */
export interface ChosenPool {
  /** Indices into the rows, ascending. */
  readonly members: readonly number[];
  /** Its oracle on them, Σ_s scale_s · min NLL. */
  readonly loss: number;
  /** No pool within the limit has less; the loss itself where it is proven to be the best. */
  readonly bound: number;
}

/**
 * The best pool within each limit; null where no model fits.
 *
 * @param scale what each sample's NLL counts, shape (S)
 * @param effort losses that are looked at for one limit, about, where not all pools are
 */
export type Chooser = (
  rows: readonly Losses[],
  scale: Float64Array,
  effort?: number,
) => (ChosenPool | null)[];

export function chooserOf(costs: readonly Costs[], limits: readonly PoolGoal[]): Chooser {
  return costs.length <= EXACT_MODELS ? exactChooser(costs, limits) : searchingChooser(costs, limits);
}

/** Tens of milliseconds, and proofs for tens of models. */
const EFFORT = 1e7;

export function exactChooser(costs: readonly Costs[], limits: readonly PoolGoal[]): Chooser {
  const feasible = limits.map(feasibleMasks(costs));
  const sizes = sumsByMask(costs.map(() => 1));
  return (rows, scale) => {
    const losses = poolLosses(rows, scale);
    return feasible.map((within) => {
      const best = lowestMask(losses, within, sizes);
      const loss = losses[best] as number;
      return best === 0 ? null : { members: membersOf(best), loss, bound: loss };
    });
  };
}

/** 0 where none is feasible. Of losses that differ by rounding only the smaller pool is enough. */
function lowestMask(losses: Float64Array, within: Uint8Array, sizes: Float64Array): number {
  let best = 0;
  let [tie, lower] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let mask = 1; mask < losses.length; mask++) {
    const own = losses[mask] as number;
    if (own > tie || within[mask] === 0) continue;
    if (own >= lower && (sizes[mask] as number) >= (sizes[best] as number)) continue;
    best = mask;
    tie = own * (1 + ROUNDING);
    lower = own * (1 - ROUNDING);
  }
  return best;
}

export function searchingChooser(costs: readonly Costs[], limits: readonly PoolGoal[]): Chooser {
  return (rows, scale, effort = EFFORT) => {
    const losses = scaledLosses(rows, scale);
    const found: (ChosenPool | null)[] = [];
    for (const limit of limits) {
      const known = lowestWithin(found, costs, limit);
      found.push(searchWithin(losses, costs, limit, known, new Effort(effort, losses[0]?.length ?? 0)));
    }
    // A pool that was found later may keep an earlier limit.
    return limits.map((limit, i) => {
      const own = found[i];
      const other = lowestWithin(found, costs, limit);
      return own && other && other.loss < own.loss
        ? { ...other, bound: Math.min(own.bound, other.loss) }
        : (own ?? null);
    });
  };
}

function searchWithin(
  losses: readonly Float64Array[],
  costs: readonly Costs[],
  limit: PoolGoal,
  known: ChosenPool | null,
  effort: Effort,
): ChosenPool | null {
  const { task, models } = taskWithin(losses, costs, limit);
  if (models.length === 0) return null;
  if (fits(summed(costs), limit)) {
    const loss = lossOf(task, models);
    return { members: models, loss, bound: loss };
  }
  const start = known?.members.map((m) => models.indexOf(m)) ?? null;
  const { members, loss, bound } = searchPool(task, start, effort);
  return { members: members.map((m) => models[m] as number), loss, bound };
}

function lowestWithin(
  found: readonly (ChosenPool | null)[],
  costs: readonly Costs[],
  limit: PoolGoal,
): ChosenPool | null {
  const keeps = ({ members }: ChosenPool) => fits(summed(members.map((m) => costs[m] as Costs)), limit);
  return found.reduce((a, b) => (b && keeps(b) && (!a || b.loss < a.loss) ? b : a), null);
}
