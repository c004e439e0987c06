import { crossFit } from './chosen.ts';
import { type Estimated, estimatedFrom } from './estimated.ts';
import { FOLDS, type Folds, onlyFolding } from './folds.ts';
import { influence, type Losses, meanLosses, objectiveOf } from './measured.ts';
import { OutsideFolds } from './outside-folds.ts';
import { lowestOf, tripleAt, vertex, weightsAt } from './parabola.ts';
import { sampleVariance } from './sample-variance.ts';
import type { DomainWeights, Samples } from './samples.ts';

/** One subset merged at one scale; the base is any subset at scale 0. */
export interface AtScale {
  readonly scale: number;
  readonly losses: Losses;
}

/** The best step length of one subset. */
export interface TunedSubset {
  /** Where the loss is lowest; an end beyond the measured scales is null. */
  readonly scale: Estimated;
  /** The best scale is the first or last measured one: what lies beyond it is not known. */
  readonly on_edge: boolean;
  /**
   * Each sample at the scale that is best on the other folds: an honest row for "tune the scale". Between measured
   * scales it is read off the parabola, which meets them: the nearer one was merged, the less is left to it.
   */
  readonly losses: Losses;
}

/**
 * @param merges at three scales or more, ascending and distinct
 * @param known whether the samples show their own spread: else no interval
 */
export function tuneSubset(
  merges: readonly AtScale[],
  samples: Samples,
  weights: DomainWeights,
  folds: Folds,
  known: boolean,
): TunedSubset {
  const scales = merges.map(({ scale }) => scale);
  const whole = merges.map(({ losses }) => objectiveOf(losses, weights));
  const lowest = lowestOf(scales, whole);
  const outside = OutsideFolds.of(samples, weights, onlyFolding(folds));
  const byFold = merges.map(({ losses }) => outside.of(losses));
  const rows = Array.from({ length: FOLDS }, (_, fold) => {
    const left = byFold.map((losses) => losses[fold] as number);
    const { at, first } = lowestOf(scales, left);
    return between(merges, first, at, samples);
  });
  return {
    scale: bestScale(merges, lowest, whole, samples, weights, known),
    on_edge: lowest.onEdge,
    losses: crossFit((fold) => rows[fold] as Losses, samples, folds),
  };
}

/** Off the parabola through three neighbours, sample by sample. */
function between(merges: readonly AtScale[], first: number, at: number, samples: Samples): Losses {
  const three = merges.slice(first, first + 3);
  const weights = weightsAt(
    tripleAt(
      three.map(({ scale }) => scale),
      0,
    ),
    at,
  );
  return meanLosses(
    three.map(({ losses }) => losses),
    weights,
    samples,
  );
}

/** By the delta method: how the vertex moves with the three losses. */
function bestScale(
  merges: readonly AtScale[],
  { at, first, onEdge }: ReturnType<typeof lowestOf>,
  whole: readonly number[],
  samples: Samples,
  weights: DomainWeights,
  known: boolean,
): Estimated {
  const unknown = { value: at, low: null, high: null };
  if (!known || onEdge) return unknown;
  const three = merges.slice(first, first + 3);
  const scales = three.map(({ scale }) => scale);
  const { value, slopes } = vertex(tripleAt(scales, 0), tripleAt(whole, first));
  if (value === null) return unknown;
  const moved = meanLosses(
    three.map(({ losses }) => losses),
    slopes,
    samples,
  );
  const error = sampleVariance([influence(moved, samples, weights)], samples);
  const { low, high } = estimatedFrom(at, [error]);
  const [least, most] = [merges[0]?.scale ?? 0, merges.at(-1)?.scale ?? 0];
  return {
    value: at,
    low: low !== null && low >= least ? low : null,
    high: high !== null && high <= most ? high : null,
  };
}
