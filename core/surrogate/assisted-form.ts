/** An assisted mean as weights of measured losses. */
import { subsetsOfSize } from '../selection/subset-count.ts';
import { type AssistedTerm, addTo, termsOf } from './assisted-mean.ts';
import { weightsOf } from './factors.ts';
import type { Surrogate } from './fit.ts';
import { nameOf, type SurrogateMerge } from './merge.ts';

/** A linear form in losses: its weights sum to 1. */
export interface LossWeights {
  /** Of the merges, shape (N). */
  readonly merges: Float64Array;
  /** Of the base: 0 where the merged updates have one length. */
  readonly base: number;
}

/** The mean over all subsets of one size (`assistedMean`), with what tells its error from those that are not merged. */
export interface AssistedForm {
  readonly k: number;
  readonly of: number;
  readonly mean: LossWeights;
  /** One for each merge of the size: their mean has the variance s²/n·(1 − n/of). */
  readonly terms: readonly LossWeights[];
  /** Shape (M): the mean over the subsets without each expert; null without any measured. Empty where that is not asked. */
  readonly leftOut: readonly (LossWeights | null)[];
}

type Places = ReadonlyMap<string, number>;

/** @param places of merges in the weights, by name */
export function assistedForm(
  sample: readonly SurrogateMerge[],
  k: number,
  surrogate: Surrogate,
  places: Places,
  leaveOneOut: boolean,
): AssistedForm {
  const { pool, varying } = surrogate;
  const of = subsetsOfSize(pool, k);
  const terms = termsOf(sample, k, of, surrogate);
  const completed = (weights: Float64Array) => lossWeights(weights, varying);
  const experts = leaveOneOut ? Array.from({ length: pool }, (_, j) => j) : [];
  return {
    k,
    of,
    mean: completed(meanWeights(terms, surrogate, places)),
    terms: terms.map(({ replicate, spread }) => {
      const weights = new Float64Array(places.size);
      addForm(weights, replicate, [spread], 1, places);
      return completed(weights);
    }),
    leftOut: experts.map((j) => {
      // A subset of a smaller pool is a subset of the whole one: those without j are a random sample of all without it.
      const inside = sample.filter(({ members }) => !members.includes(j));
      if (inside.length === 0) return null;
      return completed(
        meanWeights(termsOf(inside, k, subsetsOfSize(pool - 1, k), surrogate, j), surrogate, places),
      );
    }),
  };
}

/** Of the mean of the terms' values. */
function meanWeights(
  terms: readonly AssistedTerm[],
  { replicates }: Surrogate,
  places: Places,
): Float64Array {
  const mean = new Float64Array(places.size);
  for (const replicate of replicates) {
    const own = terms.filter((term) => term.replicate === replicate);
    const values = own.map(({ value }) => value);
    if (own.length > 0) addForm(mean, replicate, values, 1 / terms.length, places);
  }
  return mean;
}

/** weights + factor·(Σ of the forms), in place. */
function addForm(
  weights: Float64Array,
  { merges, factors }: AssistedTerm['replicate'],
  forms: readonly AssistedTerm['value'][],
  factor: number,
  places: Places,
): void {
  const add = (merge: SurrogateMerge, weight: number) => {
    const at = places.get(nameOf(merge)) as number;
    weights[at] = (weights[at] as number) + factor * weight;
  };
  const [first, ...others] = forms;
  if (!first) return;
  const row = first.row.slice();
  for (const form of others) addTo(row, form.row, 1);
  const own = weightsOf(factors, row);
  for (const [i, merge] of merges.entries()) add(merge, own[i] as number);
  for (const { losses } of forms) for (const { merge, weight } of losses) add(merge, weight);
}

/** Losses count from the base's where lengths vary; where they do not, a constant is foretold exactly. */
function lossWeights(merges: Float64Array, varying: boolean): LossWeights {
  return { merges, base: varying ? 1 - merges.reduce((sum, w) => sum + w, 0) : 0 };
}
