import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { type Losses, objectiveOf } from './measured.ts';
import { below } from './resample.ts';
import { type DomainWeights, type Samples, weightedMean } from './samples.ts';

/** Enough that a fold's choice sees nine tenths of the samples; each domain is spread over all folds. */
export const FOLDS = 10;

/** Shape (S): the fold of each sample. */
export type Folds = Uint8Array;

/** Random folds, equal in size within one sample, in each domain and over all. */
export function foldsOf(samples: Samples, seed: number): Folds {
  const rng = xoroshiro128plus(seed);
  const folds = new Uint8Array(samples.tokens.length);
  let next = 0;
  for (let d = 0; d < samples.domains.length; d++) {
    const from = samples.start[d] as number;
    const order = Array.from({ length: (samples.start[d + 1] as number) - from }, (_, i) => from + i);
    for (let i = order.length - 1; i > 0; i--) {
      const j = below(rng, i + 1);
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    for (const s of order) folds[s] = next++ % FOLDS;
  }
  return folds;
}

export interface ChosenSubset {
  /** Index of the one that is best on all samples. */
  readonly best: number;
  /** Each sample scored by the subset that was best on the other folds: an honest row for "choose the best". */
  readonly crossFitted: Losses;
}

/**
 * Chooses the candidate of lowest Σ_d w_d L_d, and estimates what choosing is worth by cross-fitting: for each fold
 * the choice is made on all other samples and scored on that fold. Ties go to the first candidate.
 */
export function chooseBest(
  candidates: readonly number[],
  measured: readonly Losses[],
  samples: Samples,
  weights: DomainWeights,
  folds: Folds,
): ChosenSubset | null {
  const first = candidates[0];
  if (first === undefined) return null;
  const rowOf = (index: number) => measured[index] as Losses;
  let best = first;
  for (const index of candidates) {
    if (objectiveOf(rowOf(index), weights) < objectiveOf(rowOf(best), weights)) best = index;
  }
  if (candidates.length === 1) return { best, crossFitted: rowOf(best) };
  const perFold = bestWithoutFold(candidates, rowOf, samples, weights, folds);
  return { best, crossFitted: crossFit((fold) => rowOf(perFold[fold] ?? best), samples, folds) };
}

/** Each sample scored by the model that was chosen without its fold. */
export function crossFit(chosen: (fold: number) => Losses, samples: Samples, folds: Folds): Losses {
  const nll = new Float64Array(samples.tokens.length);
  for (let s = 0; s < nll.length; s++) nll[s] = chosen(folds[s] as number).nll[s] as number;
  return { nll, domains: domainLosses(nll, samples) };
}

/** For each fold the candidate that is best on all other samples. */
function bestWithoutFold(
  candidates: readonly number[],
  rowOf: (index: number) => Losses,
  samples: Samples,
  weights: DomainWeights,
  folds: Folds,
): (number | null)[] {
  const lossesWithout = withoutFolds(samples, weights, folds);
  const winner: (number | null)[] = new Array(FOLDS).fill(null);
  const lowest = new Float64Array(FOLDS).fill(Number.POSITIVE_INFINITY);
  for (const index of candidates) {
    const losses = lossesWithout(rowOf(index));
    for (let f = 0; f < FOLDS; f++) {
      if ((losses[f] as number) < (lowest[f] as number)) {
        lowest[f] = losses[f] as number;
        winner[f] = index;
      }
    }
  }
  return winner;
}

/** Σ_d w_d L_d of a row on all samples outside each fold. Shape (folds). */
export function withoutFolds(
  samples: Samples,
  weights: DomainWeights,
  folds: Folds,
): (row: Losses) => Float64Array {
  const tokens = byFold(samples.tokens, samples, folds);
  return (row) => {
    const nll = byFold(row.nll, samples, folds);
    const losses = new Float64Array(FOLDS);
    for (let f = 0; f < FOLDS; f++) {
      for (let d = 0; d < weights.length; d++) {
        const weight = weights[d] as number;
        const left = (tokens.total[d] as number) - (tokens.inFold[d * FOLDS + f] as number);
        // A domain whose only samples are in this fold cannot speak for the choice.
        if (weight === 0 || left <= 0) continue;
        const sum = (nll.total[d] as number) - (nll.inFold[d * FOLDS + f] as number);
        losses[f] = (losses[f] as number) + (weight * sum) / left;
      }
    }
    return losses;
  };
}

/** Sums of a row: shape (D) over all samples, shape (D, folds) within each fold. */
function byFold(
  row: Float32Array | Float64Array,
  samples: Samples,
  folds: Folds,
): { total: Float64Array; inFold: Float64Array } {
  const D = samples.domains.length;
  const total = new Float64Array(D);
  const inFold = new Float64Array(D * FOLDS);
  for (let d = 0; d < D; d++) {
    const to = samples.start[d + 1] as number;
    for (let s = samples.start[d] as number; s < to; s++) {
      const value = row[s] as number;
      const at = d * FOLDS + (folds[s] as number);
      inFold[at] = (inFold[at] as number) + value;
      total[d] = (total[d] as number) + value;
    }
  }
  return { total, inFold };
}

function domainLosses(nll: Float64Array, samples: Samples): Float64Array {
  const losses = new Float64Array(samples.domains.length);
  for (let d = 0; d < losses.length; d++) {
    let sum = 0;
    const to = samples.start[d + 1] as number;
    for (let s = samples.start[d] as number; s < to; s++) sum += nll[s] as number;
    losses[d] = sum / (samples.domainTokens[d] as number);
  }
  return losses;
}

/** Cross-fitted loss of the best of several under the weights, as a number only. Null without candidates. */
export function crossFittedLoss(
  candidates: readonly number[],
  measured: readonly Losses[],
  samples: Samples,
  weights: DomainWeights,
  folds: Folds,
): number | null {
  const chosen = chooseBest(candidates, measured, samples, weights, folds);
  return chosen && weightedMean(chosen.crossFitted.domains, weights);
}
