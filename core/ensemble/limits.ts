import { sumsByMask } from './pool-losses.ts';
import type { EnsembleModel, PoolGoal } from './types.ts';

/** What a model takes of each limit. */
export type Costs = Readonly<Record<keyof PoolGoal, number>>;

export const LIMITS = ['k', 'parameters', 'memory'] as const satisfies readonly (keyof PoolGoal)[];

export const UNLIMITED: PoolGoal = { k: null, parameters: null, memory: null };

/** What is known of a model before it is scored, too. */
export interface Sized extends Pick<EnsembleModel, 'servingBytes'> {
  readonly parameters: Pick<EnsembleModel['parameters'], 'total'>;
}

export function costsOf({ parameters, servingBytes }: Sized): Costs {
  return { k: 1, parameters: parameters.total, memory: servingBytes };
}

export function summed(costs: readonly Costs[]): Costs {
  const of = (name: keyof PoolGoal) => costs.reduce((sum, cost) => sum + cost[name], 0);
  return { k: of('k'), parameters: of('parameters'), memory: of('memory') };
}

/** Sums in another order differ by rounding only. */
const ROUNDING = 1e-9;

export function fits(costs: Costs, limit: PoolGoal): boolean {
  return LIMITS.every((name) => limit[name] === null || costs[name] <= limit[name] * (1 + ROUNDING));
}

/** The limits that are set. */
export function setLimits(limit: PoolGoal): (keyof PoolGoal)[] {
  return LIMITS.filter((name) => limit[name] !== null);
}

/** 1 for each mask of models that keeps a limit. Shape (2^M). */
export function feasibleMasks(costs: readonly Costs[]): (limit: PoolGoal) => Uint8Array {
  const sums = new Map(LIMITS.map((name) => [name, sumsByMask(costs.map((cost) => cost[name]))]));
  return (limit) => {
    const within = new Uint8Array(2 ** costs.length).fill(1);
    for (const name of setLimits(limit)) {
      const own = sums.get(name) as Float64Array;
      const most = (limit[name] ?? 0) * (1 + ROUNDING);
      for (let mask = 0; mask < within.length; mask++) if ((own[mask] as number) > most) within[mask] = 0;
    }
    return within;
  };
}
