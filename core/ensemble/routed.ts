import { chooseBest } from '../selection/chosen.ts';
import { onlyFolding } from '../selection/folds.ts';
import { type Losses, objectiveOf } from '../selection/measured.ts';
import { only } from '../selection/samples.ts';
import type { EnsembleData } from './data.ts';
import { lossesOf, minus } from './rows.ts';

/**
 * The model that is best in each domain, cross-fitted; a domain of one sample, which has no others to choose on, gets
 * the model that is best elsewhere. Its gain is that over `single`, which is chosen on all samples, so that luck speaks
 * against it: cross-fitted too, the difference of two lucky choices would have an interval that excludes zero in 14% of
 * simulated reseeds instead of 2%.
 */
export function routedByDomain(
  rows: readonly Losses[],
  data: EnsembleData,
  single = bestOfRows(rows, data),
): { routed: Losses; gain: Losses } {
  const { samples, weights, folds } = data;
  const everyone = rows.map((_, m) => m);
  const folding = onlyFolding(folds);
  const nll = new Float64Array(samples.tokens.length);
  for (let d = 0; d < weights.length; d++) {
    const [from, to] = [samples.start[d] as number, samples.start[d + 1] as number];
    const judged = to - from > 1 ? only(d, weights.length) : weights;
    const chosen = chooseBest(everyone, rows, samples, judged, folding);
    nll.set(chosen?.crossFitted.nll.slice(from, to) ?? [], from);
  }
  const routed = lossesOf(nll, samples);
  return { routed, gain: minus(single, routed, samples) };
}

/** The row of the lowest loss; the first of several. */
export function bestOfRows(rows: readonly Losses[], { weights }: Pick<EnsembleData, 'weights'>): Losses {
  return rows.reduce((a, b) => (objectiveOf(b, weights) < objectiveOf(a, weights) ? b : a));
}
