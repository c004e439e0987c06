import { studentPoint } from '../law/student.ts';
import type { Replicate, Surrogate } from './fit.ts';
import { nameOf, type SurrogateMerge } from './merge.ts';
import { meanRow, parametersOf, rowAt } from './model.ts';
import { dot } from './process.ts';

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
      ? termsOf(sample, k, of, surrogate).map(({ replicate: { model }, value, spread }) => {
          const parameters = parametersOf(model);
          return { value: lossOf(value, parameters), spread: lossOf(spread, parameters) };
        })
      : sample.map(({ loss }) => ({ value: loss, spread: loss }));
  const loss = meanOf(terms.map(({ value }) => value));
  if (complete) return { k, loss, half: 0, merges: n, of };
  if (n < 2) return { k, loss, half: null, merges: n, of };
  const centre = meanOf(terms.map(({ spread }) => spread));
  const variance = terms.reduce((sum, { spread }) => sum + (spread - centre) ** 2, 0) / (n - 1);
  const half = studentPoint(n - 1, outside) * Math.sqrt((variance / n) * (1 - n / of));
  return { k, loss, half, merges: n, of };
}

/** Σ_j row_j θ_j of one replicate, and losses with weights of their own. */
interface Form {
  readonly row: Float64Array;
  readonly losses: readonly { readonly merge: SurrogateMerge; readonly weight: number }[];
}

/** What one merge says by its residual alone, of the surrogate without it. */
export interface AssistedTerm {
  readonly replicate: Replicate;
  /** The estimate. */
  readonly value: Form;
  /** mean L̂ + r: tells the residuals' spread. */
  readonly spread: Form;
}

/**
 * One for each merge of the sample. The base's loss, from which a surrogate may count, cancels.
 *
 * @param without an expert that none of the `of` subsets hold
 */
export function termsOf(
  sample: readonly SurrogateMerge[],
  k: number,
  of: number,
  surrogate: Surrogate,
  without: number | null = null,
): AssistedTerm[] {
  const step = sample[0]?.step ?? 1 / k;
  return surrogate.replicates.flatMap((replicate): AssistedTerm[] => {
    const left = new Set(replicate.without);
    const rows = sample.map((merge) => ({ merge, row: rowAt(replicate.model, merge) }));
    const unseen = rows.filter(({ merge }) => left.has(nameOf(merge)));
    if (unseen.length === 0) return [];
    const seen = rows.filter(({ merge }) => !left.has(nameOf(merge)));
    const mean = meanRow(replicate.model, k, step, without);
    const known = mean.slice();
    for (const { row } of seen) addTo(known, row, -1 / of);
    const rest = (of - seen.length) / of;
    const losses = seen.map(({ merge }) => ({ merge, weight: 1 / of }));
    return unseen.map(({ merge, row }) => ({
      replicate,
      value: { row: addTo(known.slice(), row, -rest), losses: [...losses, { merge, weight: rest }] },
      spread: { row: addTo(mean.slice(), row, -1), losses: [{ merge, weight: 1 }] },
    }));
  });
}

function lossOf({ row, losses }: Form, parameters: Float64Array): number {
  return losses.reduce((sum, { merge, weight }) => sum + weight * merge.loss, dot(row, parameters));
}

/** sum + factor·row, in place. */
export function addTo(sum: Float64Array, row: Float64Array, factor: number): Float64Array {
  for (let j = 0; j < sum.length; j++) sum[j] = (sum[j] as number) + factor * (row[j] as number);
  return sum;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
