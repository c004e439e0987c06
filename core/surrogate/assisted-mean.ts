import { studentPoint } from '../law/student.ts';
import type { Surrogate } from './fit.ts';
import { nameOf, type SurrogateMerge } from './merge.ts';
import { meanLoss, subsetLoss } from './model.ts';

export interface AssistedMean {
  readonly k: number;
  /** Nats per token. */
  readonly loss: number;
  /** Half the width of the bound; null with fewer than two merges of a size that has more. */
  readonly half: number | null;
  readonly merges: number;
  /** C(M, k) */
  readonly of: number;
}

/**
 * Mean over all subsets of a size from a simple random sample of it, the surrogate taking away what it foretells (the
 * difference estimator of survey sampling, cross-fitted). With L̂ a surrogate that has not seen some of the merges and
 * r = L − L̂: mean L̂ + (Σ_seen r + (C(M,k) − seen)·mean of r over those unseen)/C(M, k), averaged over surrogates. What
 * was not seen is a random sample of all the rest, so this is unbiased whatever the surrogate; the better it is, the
 * smaller the spread of mean L̂ + r over unseen merges, which gives the bound. Without one, the plain mean.
 *
 * @param sample merges of one size in random order, without replacement
 * @param outside probability that the bound may miss
 */
export function assistedMean(
  sample: readonly SurrogateMerge[],
  k: number,
  of: number,
  surrogate: Surrogate | null,
  outside: number,
): AssistedMean {
  const n = sample.length;
  const complete = n === of;
  const terms =
    surrogate && !complete
      ? differences(sample, k, of, surrogate)
      : sample.map(({ loss }) => ({ value: loss, spread: loss }));
  const loss = meanOf(terms.map(({ value }) => value));
  if (complete) return { k, loss, half: 0, merges: n, of };
  if (n < 2) return { k, loss, half: null, merges: n, of };
  const centre = meanOf(terms.map(({ spread }) => spread));
  const variance = terms.reduce((sum, { spread }) => sum + (spread - centre) ** 2, 0) / (n - 1);
  const half = studentPoint(n - 1, outside) * Math.sqrt((variance / n) * (1 - n / of));
  return { k, loss, half, merges: n, of };
}

/** For each merge, of the surrogate without it: the estimate by its residual alone, and what tells the residuals' spread. */
function differences(
  sample: readonly SurrogateMerge[],
  k: number,
  of: number,
  surrogate: Surrogate,
): { readonly value: number; readonly spread: number }[] {
  const step = sample[0]?.step ?? 1 / k;
  return surrogate.replicates.flatMap(({ model, without }) => {
    const residuals = sample.map((merge) => ({
      r: merge.loss - subsetLoss(model, merge.members, merge.step),
      seen: !without.includes(nameOf(merge)),
    }));
    const seen = residuals.filter((each) => each.seen);
    const rest = seen.reduce((sum, { r }) => sum + r, 0);
    const mean = meanLoss(model, k, step);
    return residuals
      .filter((each) => !each.seen)
      .map(({ r }) => ({ value: mean + (rest + (of - seen.length) * r) / of, spread: mean + r }));
  });
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
