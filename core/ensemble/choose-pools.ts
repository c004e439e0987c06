import type { Losses } from '../selection/measured.ts';
import { Facility } from './facility.ts';
import { type Costs, feasibleMasks, fits, setLimits, summed, UNLIMITED } from './limits.ts';
import { EXACT_MODELS, membersOf, poolLosses, sumsByMask } from './pool-losses.ts';
import type { Guarantee, PoolGoal } from './types.ts';

/** A pool as chosen on given samples. */
export interface ChosenPool {
  /** Indices into the rows, ascending. */
  readonly members: readonly number[];
  readonly guarantee: Guarantee;
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
      return best === 0 ? null : { members: membersOf(best), guarantee: 'exact' };
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
  const most = limits.reduce((k, limit) => (onlyCount(limit) ? Math.max(k, limit.k ?? 0) : k), 0);
  return (rows, scale) => {
    const facility = new Facility(rows, scale, costs);
    // Greedy pools by count are the beginnings of one another.
    const byCount = facility.greedy({ ...UNLIMITED, k: most }, () => 1);
    return limits.map((limit) => {
      if (fits(summed(costs), limit)) return { members: costs.map((_, m) => m), guarantee: 'exact' };
      if (!onlyCount(limit)) return greedyPool(facility, limit);
      const members = byCount.slice(0, Math.floor(limit.k ?? 0)).toSorted((a, b) => a - b);
      return members.length > 0 ? { members, guarantee: 'one_minus_1_over_e' } : null;
    });
  };
}

function onlyCount(limit: PoolGoal): boolean {
  return setLimits(limit).join() === 'k';
}

function greedyPool(facility: Facility, limit: PoolGoal): ChosenPool | null {
  const { costs, singles } = facility;
  const possible = [...costs.keys()].filter((m) => fits(costs[m] as Costs, limit));
  if (possible.length === 0) return null;
  const names = setLimits(limit);
  // What share of the limits a model takes.
  const price = (cost: Costs) => names.reduce((sum, name) => sum + cost[name] / (limit[name] ?? 1), 0);
  const grown = facility.greedy(limit, price);
  const single = possible.reduce((a, b) => ((singles[b] as number) > (singles[a] as number) ? b : a));
  const members = (singles[single] as number) > facility.value(facility.oracle(grown)) ? [single] : grown;
  return {
    members: members.toSorted((a, b) => a - b),
    guarantee: names.length > 1 ? 'none' : 'half_one_minus_1_over_e',
  };
}
