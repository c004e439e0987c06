import { Z95 } from '../law/student.ts';
import { halfWidth, samplesShowSpread } from './curve-error.ts';
import type { Estimated } from './estimated.ts';
import { deviationsOf, maxQuantile } from './max-t.ts';
import { influence, type Losses, type Measured, objectiveOf } from './measured.ts';
import type { Resamples } from './resample.ts';
import { difference, sampleVariance } from './sample-variance.ts';
import type { DomainWeights, Samples } from './samples.ts';
import { isMember, masksOf, subsetFinder } from './subset-masks.ts';

/**
 * What a subset would be with one expert less, or more. A subset that was chosen on these samples is flattered by them:
 * its neighbours look a little worse than they are.
 */
export interface Neighbours {
  /** "Which one can I drop?": each member, ascending. */
  readonly drop: readonly Neighbour[];
  /** "What would one more buy?": each expert outside, ascending. */
  readonly add: readonly Neighbour[];
}

export interface Neighbour {
  readonly expert: number;
  /**
   * Loss of the neighbour minus that of the subset, nats per token, paired; positive is worse. The intervals of all
   * that are measured in one list hold together in 95% of repetitions. Null where the neighbour is not measured.
   */
  readonly change: Estimated | null;
}

export interface NeighbourInput {
  readonly measured: readonly Measured[];
  /** Neighbour of a subset of one expert. */
  readonly base: Losses | null;
  readonly pool: number;
  readonly samples: Samples;
  readonly weights: DomainWeights;
  /** Null at the points stage: intervals are left out. */
  readonly resamples: Resamples | null;
}

/** Of the measured subset `index`. */
export function neighbours(input: NeighbourInput, index: number): Neighbours {
  const masks = masksOf(input.measured);
  const find = subsetFinder(masks);
  const all = Array.from({ length: input.pool }, (_, expert) => ({
    expert,
    inside: isMember(masks, index, expert),
  }));
  const rowOf = (expert: number, inside: boolean): Losses | null =>
    inside && masks.size[index] === 1 ? input.base : (input.measured[find(index, expert)] ?? null);
  const list = (wanted: boolean) =>
    changes(
      input,
      input.measured[index] as Measured,
      all
        .filter(({ inside }) => inside === wanted)
        .map(({ expert, inside }) => ({ expert, row: rowOf(expert, inside) })),
    );
  return { drop: list(true), add: list(false) };
}

function changes(
  { samples, weights, resamples }: NeighbourInput,
  subset: Losses,
  rows: readonly { readonly expert: number; readonly row: Losses | null }[],
): Neighbour[] {
  const level = objectiveOf(subset, weights);
  const centre = influence(subset, samples, weights);
  const known = rows.map(({ expert, row }) => {
    if (!row) return { expert, value: null, error: 0, freedom: 0, values: centre };
    const values = difference(influence(row, samples, weights), centre);
    const { variance, freedom } = sampleVariance([values], samples);
    return { expert, value: objectiveOf(row, weights) - level, error: Math.sqrt(variance), freedom, values };
  });
  const limit =
    resamples && samplesShowSpread(samples, weights)
      ? simultaneously(
          known.filter(({ error }) => error > 0),
          samples,
          resamples,
        )
      : null;
  return known.map(({ expert, value, error, freedom }) => {
    if (value === null) return { expert, change: null };
    if (limit === null) return { expert, change: { value, low: null, high: null } };
    const half = limit * halfWidth(error ** 2, freedom);
    return { expert, change: { value, low: value - half, high: value + half } };
  });
}

/** The |t| that the largest of all exceeds in 5% of paired replicates, against that of one: a factor for half-widths. */
function simultaneously(
  rows: readonly { readonly values: Float64Array; readonly error: number }[],
  samples: Samples,
  resamples: Resamples,
): number {
  if (rows.length === 0) return 0;
  const deviations = rows.map(({ values, error }) =>
    deviationsOf(values, samples, resamples).map((deviation) => Math.abs(deviation) / error),
  );
  return maxQuantile(deviations, resamples.replicates) / Z95;
}
