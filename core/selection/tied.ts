import { deviationsOf, maxQuantile } from './max-t.ts';
import { differenceVariance, influence, type Measured, objectiveOf } from './measured.ts';
import type { Resamples } from './resample.ts';
import type { DomainWeights, Samples } from './samples.ts';

/** Beyond this many standard errors no candidate of a set of any size is tied; it leaves before the bootstrap. */
const FAR = 8;

/**
 * The candidates that cannot be told from the best at the 5% level: max-t over paired bootstrap replicates, stepping
 * down while any falls out (Romano and Wolf 2005), so that the true best is among them in 95% of repetitions.
 * The best itself is always one.
 */
export function tiedWithBest(
  best: number,
  candidates: readonly number[],
  measured: readonly Measured[],
  samples: Samples,
  weights: DomainWeights,
  resamples: Resamples,
): number[] {
  const rowOf = (index: number) => measured[index] as Measured;
  const bestInfluence = influence(rowOf(best), samples, weights);
  const bestLoss = objectiveOf(rowOf(best), weights);
  let rivals: { index: number; t: number; deviations: Float64Array }[] = [];
  const equal: number[] = [];
  for (const index of candidates) {
    if (index === best) continue;
    const values = influence(rowOf(index), samples, weights);
    const error = Math.sqrt(differenceVariance(values, bestInfluence));
    const difference = objectiveOf(rowOf(index), weights) - bestLoss;
    if (error === 0) {
      if (difference === 0) equal.push(index);
    } else if (difference / error <= FAR) {
      for (let s = 0; s < values.length; s++)
        values[s] = ((bestInfluence[s] as number) - (values[s] as number)) / error;
      rivals.push({ index, t: difference / error, deviations: deviationsOf(values, samples, resamples) });
    }
  }
  for (;;) {
    const limit = maxQuantile(
      rivals.map(({ deviations }) => deviations),
      resamples.replicates,
    );
    const left = rivals.filter(({ t }) => t <= limit);
    if (left.length === rivals.length) break;
    rivals = left;
  }
  return [best, ...equal, ...rivals.map(({ index }) => index)].sort((a, b) => a - b);
}
