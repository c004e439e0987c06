import type { ExpertEffect } from './attribution.ts';
import { adjustedForDiscoveries, FALSE_DISCOVERIES } from './discoveries.ts';
import { type Estimated, estimatedFrom, isRounding, twoSidedP, type Variance } from './estimated.ts';
import { dot } from './measured.ts';
import type { SynergyInput } from './synergy-input.ts';
import { domainInfluence, weightedNll } from './weighted-nll.ts';

/** Gain of one domain by one donor, nats per token. */
export interface SynergyEntry extends Estimated {
  /** Two-sided, of no gain; null where the error is not known. */
  readonly p: number | null;
  /** Adjusted over the whole matrix. */
  readonly q: number | null;
  /** q ≤ 0.05: of all entries that say so in a matrix, at most 5% are expected to be false. */
  readonly discovered: boolean;
  /** Measured merges with this donor that it rests on. */
  readonly comparisons: number;
}

/** Shape (M, D): by donor, then by domain. Null without comparisons. */
export type SynergyMatrix = readonly (readonly (SynergyEntry | null)[])[];

/** A gain with its sources of error: evaluation samples (null at the points stage), subsets not measured (null: not known). */
export interface Judged {
  readonly value: number;
  readonly samples: Variance | null;
  readonly subsets: Variance | null;
  /** Of the domain's samples on the gain, shape (n_e); null at the points stage. Its sum of squares is their variance. */
  readonly influence: Float64Array | null;
  readonly comparisons: number;
}

/** Gains on domain e: changes of the loss at `indices` with the other sign, and the errors that paired samples give them. */
export function judged(
  { measured, samples, stage }: Pick<SynergyInput, 'measured' | 'samples' | 'stage'>,
  e: number,
  indices: Int32Array,
  effects: readonly (ExpertEffect | null)[],
): (Judged | null)[] {
  const known = effects.filter((effect) => effect !== null);
  const freedom = samples.freedom[e] as number;
  const coefficients = known.map((effect) => effect.coefficients);
  const nll = stage === 'complete' ? weightedNll(measured, { indices, coefficients }, samples, e) : null;
  const level = measured[indices[0] ?? 0]?.domains[e] ?? 0;
  let row = 0;
  return effects.map((effect) => {
    if (!effect) return null;
    const { value, subsetVariance, subsetFreedom, comparisons } = effect;
    const own = nll?.[row++];
    const influence = own ? domainInfluence(own, value, samples, e).map((each) => 0 - each) : null;
    const variance = influence ? dot(influence, influence) : 0;
    const gain = {
      value: 0 - value,
      samples: influence ? { variance, freedom } : null,
      subsets: subsetVariance === null ? null : { variance: subsetVariance, freedom: subsetFreedom },
      influence,
      comparisons,
    };
    return isRounding(value, variance + (subsetVariance ?? 0), level) ? nothing(gain) : gain;
  });
}

/** Zero, and known to be. */
function nothing({ samples, subsets, influence, comparisons }: Judged): Judged {
  return {
    value: 0,
    samples: samples && { ...samples, variance: 0 },
    subsets: subsets && { ...subsets, variance: 0 },
    influence: influence && new Float64Array(influence.length),
    comparisons,
  };
}

/** Flags are made over all domains at once. `columns` has shape (D, M). */
export function matrixOf(columns: readonly (readonly (Judged | null)[])[], pool: number): SynergyMatrix {
  const cells = Array.from({ length: pool }, (_, d) => columns.map((column) => column[d] ?? null));
  const p = cells.flat().map((cell) => cell && twoSidedP(cell.value, [cell.samples, cell.subsets]));
  const q = adjustedForDiscoveries(p);
  return cells.map((row, d) =>
    row.map((cell, e) => {
      if (!cell) return null;
      const at = d * columns.length + e;
      const adjusted = q[at] ?? null;
      return {
        ...estimatedFrom(cell.value, [cell.samples, cell.subsets]),
        p: p[at] ?? null,
        q: adjusted,
        discovered: adjusted !== null && adjusted <= FALSE_DISCOVERIES,
        comparisons: cell.comparisons,
      };
    }),
  );
}
