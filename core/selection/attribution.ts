import { type AttributionDesign, attributionDesign } from './attribution-design.ts';
import { type DonorDesign, isLone } from './effect-parts.ts';
import type { Variance } from './estimated.ts';
import { pooledFreedom } from './freedom.ts';
import type { Measured } from './measured.ts';
import { type MeasuredSubsets, measuredSubsets } from './measured-subsets.ts';
import { type Scope, wholePool } from './scope.ts';

/** One expert's effect on the loss as a linear function of the measured losses. */
export interface ExpertEffect {
  readonly value: number;
  /** Shape (measured, or n of the design's scope): value = Σ coefficients·loss. */
  readonly coefficients: Float64Array;
  /** Variance from subsets that are not measured, nats²; null where one comparison is all there is. */
  readonly subsetVariance: number | null;
  readonly subsetFreedom: number;
  /** Measured merges with this expert that it rests on. */
  readonly comparisons: number;
}

/**
 * What each expert brings, relative to the average expert: for sets T of each size t ≥ 1 without d, the change of the
 * loss when d joins, minus the mean change over all experts at t; averaged within t, then equally over t. The step
 * from the base (t = 0) stays out: it would count the length of the step, not the expert. Negative is good. Null for
 * an expert without comparisons, and for those that every measured subset holds (`required`), beside which t counts and
 * begins at 0. `permutations`: see `MeasuredSubsets`.
 */
export function attribution(
  measured: readonly Measured[],
  losses: Float64Array,
  pool: number,
  permutations: MeasuredSubsets['permutations'],
  required: readonly number[] = [],
): (ExpertEffect | null)[] {
  return effectsOf(poolDesign(measured, losses, pool, permutations, required), losses);
}

/** Losses by domain: shape (D, measured). */
export function domainColumns(measured: readonly Measured[], domains: number): Float64Array[] {
  const columns = Array.from({ length: domains }, () => new Float64Array(measured.length));
  for (let i = 0; i < measured.length; i++) {
    const row = (measured[i] as Measured).domains;
    for (let e = 0; e < domains; e++) (columns[e] as Float64Array)[i] = row[e] as number;
  }
  return columns;
}

function poolDesign(
  measured: readonly Measured[],
  losses: Float64Array,
  pool: number,
  permutations: MeasuredSubsets['permutations'],
  required: readonly number[],
): AttributionDesign {
  const scope = wholePool(measured.length, pool, required);
  const from = required.length > 0 ? 0 : 1;
  const steps = Array.from({ length: Math.max(0, scope.players.length - from) }, (_, i) => from + i);
  return attributionDesign(measuredSubsets(measured, pool, permutations), scope, steps, losses);
}

/** Effects under one vector of losses, shape (measured). */
export function effectsOf(design: AttributionDesign, losses: Float64Array): (ExpertEffect | null)[] {
  const { scope, donors } = design;
  const spreads = spreadsOf(design, losses);
  return donors.map((donor) => {
    if (!donor) return null;
    const { coefficients, comparisons } = donor;
    const value = summed(scope, coefficients, losses);
    const subsets = subsetVariance(design, donor, spreads, losses);
    return {
      value,
      coefficients,
      subsetVariance: subsets?.variance ?? null,
      subsetFreedom: subsets?.freedom ?? 0,
      comparisons,
    };
  });
}

/** Σ coefficients·loss. Shapes (n of the scope) and (measured). */
function summed({ indices }: Scope, coefficients: Float64Array, losses: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < coefficients.length; i++)
    sum += (coefficients[i] as number) * (losses[indices[i] as number] as number);
  return sum;
}

/** The design's sources of error under one vector of losses, shape (measured). */
export function spreadsOf({ spreads }: AttributionDesign, losses: Float64Array): Variance[] {
  return spreads.map(({ freedom, variance }) => ({ freedom, variance: variance(losses) }));
}

/**
 * Of a donor's effect, by subsets that are not measured: half of what two spreads have in common counts to each, and by how
 * much the model of pairs may be off on top. Null where one comparison is all there is.
 */
export function subsetVariance(
  { nested, scope }: AttributionDesign,
  donor: DonorDesign,
  spreads: readonly Variance[],
  losses: Float64Array,
): Variance | null {
  if (isLone(donor)) return null;
  const { units, nestedUnits, misfit } = donor;
  const own = spreads.map(({ freedom, variance }, i) => ({
    freedom,
    variance: (units[i] as number) * variance,
  }));
  for (const [i, { first, second, correlation }] of nested.entries()) {
    const [a, b] = [spreads[first]?.variance ?? 0, spreads[second]?.variance ?? 0];
    const half = 0.5 * (nestedUnits[i] as number) * correlation * Math.sqrt(a * b);
    for (const at of [own[first], own[second]]) if (at) at.variance += half;
  }
  const variance = own.reduce((sum, part) => sum + part.variance, 0);
  const off = misfit ? summed(scope, misfit, losses) : 0;
  return { variance: Math.max(0, variance) + off ** 2, freedom: pooledFreedom(own) };
}
