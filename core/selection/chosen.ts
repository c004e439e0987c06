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
  let lowest = objectiveOf(rowOf(first), weights);
  for (const index of candidates) {
    const loss = objectiveOf(rowOf(index), weights);
    if (loss < lowest) {
      best = index;
      lowest = loss;
    }
  }
  if (candidates.length === 1) return { best, crossFitted: rowOf(best) };
  const perFold = bestWithoutFold(candidates, rowOf, samples, weights, folds);
  return { best, crossFitted: crossFit((fold) => rowOf(perFold[fold] ?? best), samples, folds) };
}

/** Each sample scored by the model that was chosen without its fold. */
export function crossFit(chosen: (fold: number) => Losses, samples: Samples, folds: Folds): Losses {
  const nll = new Float64Array(samples.tokens.length);
  const rows = Array.from({ length: FOLDS }, (_, fold) => chosen(fold).nll);
  for (let s = 0; s < nll.length; s++) nll[s] = (rows[folds[s] as number] as Losses['nll'])[s] as number;
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
  const losses = new Float64Array(FOLDS);
  for (const index of candidates) {
    lossesWithout(rowOf(index), losses);
    for (let f = 0; f < FOLDS; f++) {
      if ((losses[f] as number) < (lowest[f] as number)) {
        lowest[f] = losses[f] as number;
        winner[f] = index;
      }
    }
  }
  return winner;
}

/**
 * Σ_d w_d L_d of a row on all samples outside each fold, into `losses`, shape (folds). A domain whose only samples are in
 * the fold has no say; where that leaves none, all samples speak.
 */
export function withoutFolds(
  samples: Samples,
  weights: DomainWeights,
  folds: Folds,
): (row: Losses, losses?: Float64Array) => Float64Array {
  const D = samples.domains.length;
  const counted = Array.from(weights.keys()).filter((d) => weights[d] !== 0);
  const inFold = new Float64Array(D * FOLDS);
  const total = new Float64Array(D);
  addUp(samples.tokens);
  const left = inFold.map((tokens, at) => Math.max(0, (total[Math.floor(at / FOLDS)] as number) - tokens));
  const emptied = Array.from({ length: FOLDS }, (_, f) => f).filter((f) =>
    counted.every((d) => left[d * FOLDS + f] === 0),
  );
  return (row, losses = new Float64Array(FOLDS)) => {
    addUp(row.nll);
    losses.fill(0);
    for (const d of counted) {
      const weight = weights[d] as number;
      for (let f = 0; f < FOLDS; f++) {
        const at = d * FOLDS + f;
        if (left[at] === 0) continue;
        const sum = (total[d] as number) - (inFold[at] as number);
        losses[f] = (losses[f] as number) + (weight * sum) / (left[at] as number);
      }
    }
    for (const f of emptied) losses[f] = objectiveOf(row, weights);
    return losses;
  };

  /** Sums of a row over all samples of each domain that counts, and within each fold. */
  function addUp(row: Losses['nll']): void {
    for (const d of counted) {
      inFold.fill(0, d * FOLDS, (d + 1) * FOLDS);
      const to = samples.start[d + 1] as number;
      let sum = 0;
      for (let s = samples.start[d] as number; s < to; s++) {
        const at = d * FOLDS + (folds[s] as number);
        inFold[at] = (inFold[at] as number) + (row[s] as number);
        sum += row[s] as number;
      }
      total[d] = sum;
    }
  }
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
