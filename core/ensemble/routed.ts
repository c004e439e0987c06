import { chooseBest } from '../selection/chosen.ts';
import { onlyFolding } from '../selection/folds.ts';
import { type Losses, objectiveOf } from '../selection/measured.ts';
import { only } from '../selection/samples.ts';
import type { EnsembleData } from './data.ts';
import { lossesOf, minus } from './rows.ts';

/**
 * The model that is best in each domain, cross-fitted, and what it gains over the best single one. That is chosen on
 * all samples, so that luck speaks against the gain: cross-fitted too, the difference of two lucky choices would have
 * an interval that excludes zero in 14% of simulated reseeds instead of 2%.
 */
export function routedByDomain(
  rows: readonly Losses[],
  data: EnsembleData,
): { routed: Losses; gain: Losses } {
  const { samples, weights, folds } = data;
  const everyone = rows.map((_, m) => m);
  const nll = new Float64Array(samples.tokens.length);
  for (let d = 0; d < weights.length; d++) {
    const chosen = chooseBest(everyone, rows, samples, only(d, weights.length), onlyFolding(folds));
    const [from, to] = [samples.start[d] as number, samples.start[d + 1] as number];
    nll.set(chosen?.crossFitted.nll.slice(from, to) ?? [], from);
  }
  const routed = lossesOf(nll, samples);
  const single = rows.reduce((a, b) => (objectiveOf(b, weights) < objectiveOf(a, weights) ? b : a));
  return { routed, gain: minus(single, routed, samples) };
}
