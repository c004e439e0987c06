/** What tuning the step length gives a typical merge of each size, and how much of the curve's fall it explains. */
import { percentiles } from '../law/percentiles.ts';
import { seededRandom } from '../law/random.ts';
import { type Estimated, estimatedFrom, type Variance } from './estimated.ts';
import { influence, type Losses, meanLosses, objectiveOf } from './measured.ts';
import { type Resamples, replicatesOf } from './resample.ts';
import { sampleVariance } from './sample-variance.ts';
import type { DomainWeights, Samples } from './samples.ts';

/** What tuning saves a subset: its losses at the method's own scale minus those at its best one. */
export interface Gain {
  readonly k: number;
  readonly losses: Losses;
}

/** The mean over the tuned subsets of one size. */
export interface MeanGain {
  readonly k: number;
  readonly losses: Losses;
  readonly subsets: number;
  /** C(M, k) */
  readonly of: number;
  /** Of the mean, from subsets that were not tuned; null where nothing shows how far they lie apart. */
  readonly subsetError: Variance | null;
}

/** From so many subsets of a size on, they speak for themselves; fewer are pooled over the sizes. */
const ENOUGH = 4;
const EXACT: Variance = { variance: 0, freedom: Number.POSITIVE_INFINITY };

/**
 * By k, ascending. The mean of n out of N subsets has the finite population's variance (1 − n/N)·s²/n; where few were
 * tuned, s² is pooled over the sizes.
 *
 * @param count C(M, k) of each k
 */
export function meanGains(
  gains: readonly Gain[],
  count: (k: number) => number,
  samples: Samples,
  weights: DomainWeights,
): MeanGain[] {
  const ks = [...new Set(gains.map(({ k }) => k))].sort((a, b) => a - b);
  const groups = ks.map((k) => {
    const rows = gains.filter((gain) => gain.k === k).map(({ losses }) => losses);
    const losses = meanLosses(
      rows,
      rows.map(() => 1 / rows.length),
      samples,
    );
    const mean = objectiveOf(losses, weights);
    const squares = rows.reduce((sum, row) => sum + (objectiveOf(row, weights) - mean) ** 2, 0);
    return { k, losses, subsets: rows.length, of: count(k), squares };
  });
  const few = groups.filter(({ subsets, of }) => subsets < of && subsets < ENOUGH);
  const freedom = few.reduce((sum, { subsets }) => sum + subsets - 1, 0);
  const pooled = few.reduce((sum, { squares }) => sum + squares, 0) / Math.max(1, freedom);
  return groups.map(({ squares, ...group }) => {
    const { subsets: n, of } = group;
    if (n === of) return { ...group, subsetError: EXACT };
    const own = n < ENOUGH ? pooled : squares / (n - 1);
    const known = n < ENOUGH ? freedom : n - 1;
    const variance = ((1 - n / of) * own) / n;
    return { ...group, subsetError: known > 0 ? { variance, freedom: known } : null };
  });
}

/** Error from the evaluation samples; null where they do not show it. */
export function sampleError(
  losses: Losses,
  samples: Samples,
  weights: DomainWeights,
  known: boolean,
): Variance | null {
  if (!known) return null;
  return sampleVariance([influence(losses, samples, weights)], samples);
}

/** How the fall of the typical loss from k = 1 to k = M comes about. Nats per token. */
export interface FallOfCurve {
  /** At the method's own scale. */
  readonly fall: Estimated;
  /** What is left of it when each k has its best scale: more experts. */
  readonly experts: Estimated;
  /** The rest: the step length. */
  readonly step: Estimated;
  /** `step` / `fall`, by paired bootstrap; null where the loss does not fall, ends null where that is not sure. */
  readonly share: Estimated | null;
}

/** One end of the curve: the typical loss there, and what tuning saves. */
export interface CurveEnd {
  readonly typical: Losses;
  readonly gain: MeanGain;
}

export function fallOfCurve(
  first: CurveEnd,
  last: CurveEnd,
  samples: Samples,
  weights: DomainWeights,
  resamples: Resamples | null,
  seed: number,
): FallOfCurve {
  const combined = (rows: readonly Losses[], signs: readonly number[]) => meanLosses(rows, signs, samples);
  const fall = combined([first.typical, last.typical], [1, -1]);
  const step = combined([first.gain.losses, last.gain.losses], [1, -1]);
  const experts = combined([fall, step], [1, -1]);
  const known = resamples !== null;
  const fromSubsets = [first.gain.subsetError, last.gain.subsetError];
  const estimate = (row: Losses, more: readonly (Variance | null)[]) =>
    estimatedFrom(objectiveOf(row, weights), [sampleError(row, samples, weights, known), ...more]);
  return {
    fall: estimate(fall, []),
    experts: estimate(experts, fromSubsets),
    step: estimate(step, fromSubsets),
    share: shareOf(fall, step, fromSubsets, samples, weights, resamples, seed),
  };
}

function shareOf(
  fall: Losses,
  step: Losses,
  fromSubsets: readonly (Variance | null)[],
  samples: Samples,
  weights: DomainWeights,
  resamples: Resamples | null,
  seed: number,
): Estimated | null {
  const whole = objectiveOf(fall, weights);
  if (!(whole > 0)) return null;
  const value = objectiveOf(step, weights) / whole;
  const known = fromSubsets.filter((part) => part !== null);
  const unsure = { value, low: null, high: null };
  if (!resamples || known.length < fromSubsets.length) return unsure;
  const [falls, steps] = replicatesOf([fall, step], samples, weights, resamples);
  if (!falls || !steps) return unsure;
  const [least] = percentiles([...falls], whole);
  if (least === null || least <= 0) return unsure;
  const sd = Math.sqrt(known.reduce((sum, { variance }) => sum + variance, 0));
  const random = seededRandom(seed);
  const shares = Array.from(steps, (each, r) => (each + sd * random.normal()) / (falls[r] as number));
  const [low, high] = percentiles(shares, value);
  return { value, low, high };
}
