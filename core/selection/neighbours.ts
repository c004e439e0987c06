import { student95, Z95 } from '../law/student.ts';
import { samplesShowSpread } from './curve-error.ts';
import type { Estimated } from './estimated.ts';
import { deviationsOf, maxQuantile } from './max-t.ts';
import { differenceVariance, influence, type Losses, type Measured, objectiveOf } from './measured.ts';
import type { Resamples } from './resample.ts';
import { type DomainWeights, type Samples, sampleFreedom } from './samples.ts';
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
    if (!row) return { expert, value: null, error: 0, values: centre };
    const values = influence(row, samples, weights);
    const error = Math.sqrt(differenceVariance(values, centre));
    for (let s = 0; s < values.length; s++) values[s] = (values[s] as number) - (centre[s] as number);
    return { expert, value: objectiveOf(row, weights) - level, error, values };
  });
  const limit =
    resamples && samplesShowSpread(samples, weights)
      ? simultaneousT(
          known.filter(({ error }) => error > 0),
          resamples,
          sampleFreedom(samples, weights),
        )
      : null;
  return known.map(({ expert, value, error }) => {
    if (value === null) return { expert, change: null };
    if (limit === null) return { expert, change: { value, low: null, high: null } };
    return { expert, change: { value, low: value - limit * error, high: value + limit * error } };
  });
}

/** The |t| that the largest of all exceeds in 5% of paired replicates, widened as Student's t is against the normal. */
function simultaneousT(
  rows: readonly { readonly values: Float64Array; readonly error: number }[],
  resamples: Resamples,
  freedom: number,
): number {
  if (rows.length === 0) return 0;
  const deviations = rows.map(({ values, error }) =>
    deviationsOf(values, resamples).map((deviation) => Math.abs(deviation) / error),
  );
  return (maxQuantile(deviations, resamples.replicates) * student95(freedom)) / Z95;
}
