import type { NestedSizes } from './nested-sizes.ts';

/** How one expert's effect follows from losses. */
export interface DonorDesign {
  /** How many t's it averages over. */
  readonly steps: number;
  /** Shape (n of the scope): effect = Σ coefficients·loss. */
  readonly coefficients: Float64Array;
  /** Shape (n of the scope): Σ misfit·loss is by how much its model may be off; null without a model. */
  readonly misfit: Float64Array | null;
  /** Shape (spreads): its variance is Σ units·spread, and what nested sizes add. */
  readonly units: Float64Array;
  /** Shape (nested): twice what the coefficients of both sizes have in common. */
  readonly nestedUnits: Float64Array;
  /** Measured merges with this expert that it rests on. */
  readonly comparisons: number;
}

/** Whether a lone comparison, of others than all there are, is all there is: nothing shows how far it is off. */
export function isLone({ comparisons, units }: DonorDesign): boolean {
  return comparisons < 2 && units.some((unit) => unit > 0);
}

/** A source of error from subsets that are not measured. */
export interface Spread {
  readonly freedom: number;
  /** Nats², from the losses of all measured subsets. */
  readonly variance: (losses: Float64Array) => number;
}

/** Effects averaged over some of the steps t. */
export interface Parts {
  readonly donors: ReadonlyMap<number, DonorDesign>;
  readonly spreads: readonly Spread[];
  /** Which of the spreads are not independent. */
  readonly nested: readonly NestedSizes[];
}

export const NO_PARTS: Parts = { donors: new Map(), spreads: [], nested: [] };

/** The parts of one expert, each weighed by its steps. A lone part keeps its coefficients as they are. */
export function joinedParts(all: readonly Parts[], d: number, n: number): DonorDesign | null {
  const own = all.map(({ donors }) => donors.get(d) ?? null);
  const steps = own.reduce((sum, part) => sum + (part?.steps ?? 0), 0);
  if (steps === 0) return null;
  const [alone] = own.filter((part) => part !== null);
  const coefficients = own.includes(null) && alone ? alone.coefficients : new Float64Array(n);
  const misfit = own.some((part) => part?.misfit) ? new Float64Array(n) : null;
  const units: number[] = [];
  const nestedUnits: number[] = [];
  let comparisons = 0;
  for (const [which, part] of own.entries()) {
    const share = (part?.steps ?? 0) / steps;
    for (const i of all[which]?.spreads.keys() ?? []) units.push(share ** 2 * (part?.units[i] ?? 0));
    for (const i of all[which]?.nested.keys() ?? [])
      nestedUnits.push(share ** 2 * (part?.nestedUnits[i] ?? 0));
    if (!part) continue;
    for (let i = 0; i < n && share < 1; i++)
      coefficients[i] = (coefficients[i] as number) + share * (part.coefficients[i] as number);
    for (let i = 0; misfit && part.misfit && i < n; i++)
      misfit[i] = (misfit[i] as number) + share * (part.misfit[i] as number);
    comparisons += part.comparisons;
  }
  return {
    steps,
    coefficients,
    misfit,
    units: Float64Array.from(units),
    nestedUnits: Float64Array.from(nestedUnits),
    comparisons,
  };
}
