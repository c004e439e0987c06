/** How far mean changes at steps can be off by steps that were not taken. */
import type { Variance } from './estimated.ts';
import { pooledFreedom } from './freedom.ts';
import type { StepPairs } from './step-pairs.ts';
import type { StepDesign } from './synergy-steps.ts';

/** Mean change at each t over all donors. */
export function meansByStep({ t }: StepPairs, changes: Float64Array): Map<number, number> {
  const sums = new Map<number, { sum: number; n: number }>();
  for (const [i, step] of t.entries()) {
    const { sum, n } = sums.get(step) ?? { sum: 0, n: 0 };
    sums.set(step, { sum: sum + (changes[i] as number), n: n + 1 });
  }
  return new Map([...sums].map(([step, { sum, n }]) => [step, sum / n]));
}

/**
 * Of a donor's mean change along trajectories, in which it comes at any step alike: the spread of the steps' own means,
 * known from all donors, and of what is left around them. A donor's few steps alone show neither well: that of the
 * second expert, the largest by far, is often not among them.
 */
export function varianceOverSteps(
  { pairs, clusters }: StepDesign,
  rows: Int32Array,
  changes: Float64Array,
  means: ReadonlyMap<number, number>,
): Variance | null {
  const n = rows.length;
  if (n < 2) return null;
  const residuals = Array.from(rows, (i) => (changes[i] as number) - (means.get(pairs.t[i] as number) ?? 0));
  const parts = [
    { variance: squaresAround([...means.values()]) / means.size / n, freedom: clusters - 1 },
    { variance: squaresAround(residuals) / (n - 1) / n, freedom: n - 1 },
  ];
  return { variance: parts.reduce((sum, { variance }) => sum + variance, 0), freedom: pooledFreedom(parts) };
}

function squaresAround(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

/** Of the mean over clusters drawn from `of` steps: (1 − n/of)·C/(C − 1)·Σ_c (Σ_{i in c} residual)²/n². */
export function clusteredVariance(
  design: StepDesign,
  rows: readonly Int32Array[],
  changes: Float64Array,
  value: number,
  of: number,
): Variance | null {
  const n = rows.reduce((sum, own) => sum + own.length, 0);
  const left = design.trajectories ? 1 : Math.max(0, 1 - n / of);
  if (left === 0) return { variance: 0, freedom: Number.POSITIVE_INFINITY };
  const sums = new Float64Array(design.clusters);
  const seen = new Uint8Array(design.clusters);
  for (const own of rows) {
    for (const i of own) {
      const c = design.cluster[i] as number;
      sums[c] = (sums[c] as number) + (changes[i] as number) - value;
      seen[c] = 1;
    }
  }
  const clusters = seen.reduce((count, one) => count + one, 0);
  if (clusters < 2) return null;
  const squares = sums.reduce((total, residual) => total + residual ** 2, 0);
  return { variance: (left * clusters * squares) / ((clusters - 1) * n * n), freedom: clusters - 1 };
}
