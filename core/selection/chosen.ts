import { FOLDS, type Foldings, type Folds, foldsIn } from './folds.ts';
import { type Losses, meanLosses, objectivesOf } from './measured.ts';
import { LANES, OutsideFolds } from './outside-folds.ts';
import { type DomainWeights, type Samples, weightedMean } from './samples.ts';

export interface ChosenSubset {
  /** Index of the one that is best on all samples. */
  readonly best: number;
  /** Each sample scored by the subsets that were best on the other folds: an honest row for "choose the best". */
  readonly crossFitted: Losses;
}

/**
 * Chooses the candidate of lowest Σ_d w_d L_d, and estimates what choosing is worth by cross-fitting: for each fold
 * the choice is made on all other samples and scored on that fold, averaged over the foldings. Ties go to the first
 * candidate.
 */
export function chooseBest(
  candidates: readonly number[],
  measured: readonly Losses[],
  samples: Samples,
  weights: DomainWeights,
  foldings: Foldings,
): ChosenSubset | null {
  const choice = choicesOf(candidates, measured, samples, weights, foldings);
  if (choice === null) return null;
  const { best, winners } = choice;
  if (winners === null) return { best, crossFitted: measured[best] as Losses };
  const rows = foldings.folds.map((_, r) =>
    crossFit(
      (fold) => measured[winners[r * FOLDS + fold] as number] as Losses,
      samples,
      foldsIn(foldings, r),
    ),
  );
  const share = 1 / rows.length;
  const crossFitted = meanLosses(
    rows,
    rows.map(() => share),
    samples,
  );
  return { best, crossFitted };
}

interface Choices {
  /** On all samples. */
  readonly best: number;
  /** Without each fold of each folding; null where that is the best each time. */
  readonly winners: readonly number[] | null;
}

function choicesOf(
  candidates: readonly number[],
  measured: readonly Losses[],
  samples: Samples,
  weights: DomainWeights,
  foldings: Foldings,
): Choices | null {
  if (candidates.length === 0) return null;
  const rowOf = (index: number) => measured[index] as Losses;
  const losses = objectivesOf(candidates.map(rowOf), weights);
  let lowest = 0;
  for (let i = 1; i < losses.length; i++) if ((losses[i] as number) < (losses[lowest] as number)) lowest = i;
  const best = candidates[lowest] as number;
  if (candidates.length === 1) return { best, winners: null };
  const outside = OutsideFolds.of(samples, weights, foldings);
  const winners = bestWithoutFolds(candidates, rowOf, outside).map((index) => index ?? best);
  return { best, winners: winners.every((index) => index === best) ? null : winners };
}

/** Each sample scored by the model that was chosen without its fold. */
export function crossFit(chosen: (fold: number) => Losses, samples: Samples, folds: Folds): Losses {
  const nll = new Float64Array(samples.tokens.length);
  const rows = Array.from({ length: FOLDS }, (_, fold) => chosen(fold).nll);
  for (let s = 0; s < nll.length; s++) nll[s] = (rows[folds[s] as number] as Losses['nll'])[s] as number;
  return { nll, domains: domainLosses(nll, samples) };
}

/** For each fold of each folding the candidate that is best on all other samples; null where none has a loss. */
function bestWithoutFolds(
  candidates: readonly number[],
  rowOf: (index: number) => Losses,
  outside: OutsideFolds,
): (number | null)[] {
  const F = outside.count;
  const winner: (number | null)[] = new Array(F).fill(null);
  const lowest = new Float64Array(F).fill(Number.POSITIVE_INFINITY);
  for (let from = 0; from < candidates.length; from += LANES) {
    const together = candidates.slice(from, from + LANES);
    const losses = outside.ofEach(together.map(rowOf));
    for (let lane = 0; lane < together.length; lane++)
      for (let at = 0; at < F; at++) {
        const loss = losses[lane * F + at] as number;
        if (loss < (lowest[at] as number)) {
          lowest[at] = loss;
          winner[at] = together[lane] as number;
        }
      }
  }
  return winner;
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
  foldings: Foldings,
): number | null {
  const choice = choicesOf(candidates, measured, samples, weights, foldings);
  if (choice === null) return null;
  const { best, winners } = choice;
  if (winners === null) return weightedMean((measured[best] as Losses).domains, weights);
  const { cell, folds } = foldings;
  let loss = 0;
  for (const [d, weight] of weights.entries()) {
    if (weight === 0) continue;
    let sum = 0;
    for (let s = samples.start[d] as number; s < (samples.start[d + 1] as number); s++)
      for (let r = 0; r < folds.length; r++) {
        const fold = (folds[r] as Uint8Array)[cell[s] as number] as number;
        sum += (measured[winners[r * FOLDS + fold] as number] as Losses).nll[s] as number;
      }
    loss += (weight * sum) / folds.length / (samples.domainTokens[d] as number);
  }
  return loss;
}
