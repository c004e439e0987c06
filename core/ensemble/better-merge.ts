/** Merges of the file against what would be served of a pool. */
import { choiceVariance } from '../selection/choice-variance.ts';
import { type Estimated, estimatedFrom } from '../selection/estimated.ts';
import { type Losses, objectiveOf } from '../selection/measured.ts';
import { crossFitBest } from './cross-fit-pools.ts';
import type { EnsembleData } from './data.ts';
import { costsOf, fits } from './limits.ts';
import { bitsPerByte, errorOf, estimateInBits, minus } from './rows.ts';
import type { BetterMerge, EnsembleModel, PoolGoal } from './types.ts';

/** What would be served: these models, with this loss of theirs. */
export interface Served {
  readonly models: readonly EnsembleModel[];
  readonly row: Losses;
}

/** The best merge within the limit that takes no more to serve; null where none is surely better than what would be served. */
export function betterMerge(
  { models: rivals, row: rival }: Served,
  limit: PoolGoal,
  data: EnsembleData,
  complete: boolean,
): BetterMerge | null {
  const most = (of: (model: EnsembleModel) => number) => rivals.reduce((sum, model) => sum + of(model), 0);
  const [bytes, flops] = [most((model) => model.servingBytes), most((model) => model.flopsPerToken)];
  const merges = [...data.models.entries()].filter(
    ([, model]) =>
      model.mergeOf &&
      model.servingBytes <= bytes &&
      model.flopsPerToken <= flops &&
      fits(costsOf(model), limit),
  );
  if (merges.length === 0) return null;
  const lossOf = ([m]: [number, EnsembleModel]) => objectiveOf(data.rows[m] as Losses, data.weights);
  const [, best] = merges.reduce((a, b) => (lossOf(b) < lossOf(a) ? b : a));
  const merge = crossFitBest(
    merges.map(([m]) => data.rows[m] as Losses),
    data,
  );
  const gain = gainOver(rival, merge, data, complete);
  const isSure = gain.low === null ? !complete && gain.value > 0 : gain.low > 0;
  return isSure ? { name: best.name, bits_per_byte: bitsPerByte(merge.row, data, complete), gain } : null;
}

/** A merge that was chosen on other samples than it is scored on. */
export interface ChosenMerge {
  readonly row: Losses;
  /** Merges that the folds chose. */
  readonly among: number;
}

/** `rival` minus the merge, paired by sample; where folds choose different merges, as wide as the intervals of all of these that hold at once. */
export function gainOver(
  rival: Losses,
  { row, among }: ChosenMerge,
  data: EnsembleData,
  complete: boolean,
): Estimated {
  const difference = minus(rival, row, data.samples);
  const error = complete ? errorOf(difference, data.samples, data.weights) : null;
  if (!error) return bitsPerByte(difference, data, false);
  const variance = error.variance + choiceVariance(among, error);
  return estimateInBits(
    estimatedFrom(objectiveOf(difference, data.weights), [{ variance, freedom: error.freedom }]),
  );
}
