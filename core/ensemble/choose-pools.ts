import type { Losses } from '../selection/measured.ts';
import { Facility } from './facility.ts';
import { type Costs, feasibleMasks, fits, setLimits, summed } from './limits.ts';
import { EXACT_MODELS, membersOf, poolLosses, sumsByMask } from './pool-losses.ts';
import type { Guarantee, PoolGoal } from './types.ts';

/** A pool as chosen on given samples. */
export interface ChosenPool {
  /** Indices into the rows, ascending. */
  readonly members: readonly number[];
  readonly guarantee: Guarantee;
  /** Share of the best facility-location gain that it surely has. */
  readonly certified: number;
}

/** The best pool within each limit; null where no model fits. `scale`: what each sample's NLL counts, shape (S). */
export type Chooser = (rows: readonly Losses[], scale: Float64Array) => (ChosenPool | null)[];

export function chooserOf(costs: readonly Costs[], limits: readonly PoolGoal[]): Chooser {
  return costs.length <= EXACT_MODELS ? exactChooser(costs, limits) : greedyChooser(costs, limits);
}

/** Losses that differ by rounding only count as equal: the smaller pool is then enough. */
const ROUNDING = 1e-12;

export function exactChooser(costs: readonly Costs[], limits: readonly PoolGoal[]): Chooser {
  const feasible = limits.map(feasibleMasks(costs));
  const sizes = sumsByMask(costs.map(() => 1));
  return (rows, scale) => {
    const losses = poolLosses(rows, scale);
    return feasible.map((within) => {
      const best = lowestMask(losses, within, sizes);
      return best === 0 ? null : { members: membersOf(best), guarantee: 'exact', certified: 1 };
    });
  };
}

/** 0 where none is feasible. */
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

export function greedyChooser(costs: readonly Costs[], limits: readonly PoolGoal[]): Chooser {
  return (rows, scale) => {
    const facility = new Facility(rows, scale, costs);
    return limits.map((limit) => greedyPool(facility, limit));
  };
}

function greedyPool(facility: Facility, limit: PoolGoal): ChosenPool | null {
  const { costs } = facility;
  const everyone = costs.map((_, m) => m);
  const possible = everyone.filter((m) => fits(costs[m] as Costs, limit));
  if (possible.length === 0) return null;
  if (fits(summed(costs), limit)) return { members: everyone, guarantee: 'exact', certified: 1 };
  const names = setLimits(limit);
  // By count the price is the same for all; else what share of the limits a model takes.
  const price = (cost: Costs) => names.reduce((sum, name) => sum + cost[name] / (limit[name] ?? 1), 0);
  const grown = facility.greedy(limit, price);
  const { singles } = facility;
  const single = possible.reduce((a, b) => ((singles[b] as number) > (singles[a] as number) ? b : a));
  const members = (singles[single] as number) > facility.value(facility.oracle(grown)) ? [single] : grown;
  return {
    members: members.toSorted((a, b) => a - b),
    guarantee:
      names.length > 1 ? 'none' : names[0] === 'k' ? 'one_minus_1_over_e' : 'half_one_minus_1_over_e',
    certified: facility.certified(members, limit),
  };
}
