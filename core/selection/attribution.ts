import { type AttributionDesign, attributionDesign, type DonorDesign } from './attribution-design.ts';
import type { Variance } from './estimated.ts';
import { pooledFreedom } from './freedom.ts';
import type { Measured } from './measured.ts';
import { wholePool } from './scope.ts';
import { masksOf, subsetFinder } from './subset-masks.ts';

/** One expert's effect on the loss as a linear function of the measured losses. */
export interface ExpertEffect {
  readonly value: number;
  /** Shape (measured, or n of the design's scope): value = Σ coefficients·loss. */
  readonly coefficients: Float64Array;
  /** Variance from subsets that are not measured, nats². */
  readonly subsetVariance: number;
  readonly subsetFreedom: number;
  /** Measured merges with this expert that it rests on. */
  readonly comparisons: number;
}

/**
 * What each expert brings, relative to the average expert: for sets T of each size t ≥ 1 without d, the change of the
 * loss when d joins, minus the mean change over all experts at t; averaged within t, then equally over t. The step
 * from the base (t = 0) stays out: it would count the length of the step, not the expert. Negative is good. Null for
 * an expert without comparisons.
 */
export function attribution(
  measured: readonly Measured[],
  losses: Float64Array,
  pool: number,
): (ExpertEffect | null)[] {
  return effectsOf(poolDesign(measured, pool), losses);
}

/** The same for each domain: the design is made once. Shape (D, M). */
export function attributionByDomain(
  measured: readonly Measured[],
  pool: number,
  domains: number,
): (ExpertEffect | null)[][] {
  const design = poolDesign(measured, pool);
  return domainColumns(measured, domains).map((losses) => effectsOf(design, losses));
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

function poolDesign(measured: readonly Measured[], pool: number): AttributionDesign {
  const masks = masksOf(measured);
  const steps = Array.from({ length: Math.max(0, pool - 1) }, (_, i) => i + 1);
  return attributionDesign(masks, subsetFinder(masks), wholePool(measured.length, pool), steps, pool);
}

/** Effects under one vector of losses, shape (measured). */
export function effectsOf(design: AttributionDesign, losses: Float64Array): (ExpertEffect | null)[] {
  const { scope, donors } = design;
  const spreads = spreadsOf(design, losses);
  return donors.map((donor) => {
    if (!donor) return null;
    const { coefficients, comparisons } = donor;
    let value = 0;
    for (let i = 0; i < coefficients.length; i++)
      value += (coefficients[i] as number) * (losses[scope.indices[i] as number] as number);
    const { variance, freedom } = subsetVariance(donor, spreads);
    return { value, coefficients, subsetVariance: variance, subsetFreedom: freedom, comparisons };
  });
}

/** The design's sources of error under one vector of losses, shape (measured). */
export function spreadsOf({ spreads }: AttributionDesign, losses: Float64Array): Variance[] {
  return spreads.map(({ freedom, variance }) => ({ freedom, variance: variance(losses) }));
}

/** Of a donor's effect, by subsets that are not measured. */
export function subsetVariance({ units }: DonorDesign, spreads: readonly Variance[]): Variance {
  const own = spreads.map(({ freedom, variance }, i) => ({
    freedom,
    variance: (units[i] as number) * variance,
  }));
  return { variance: own.reduce((sum, { variance }) => sum + variance, 0), freedom: pooledFreedom(own) };
}
