/** Intervals of a report's study: searches, and what a surrogate foretells. */
import type { Cell, Estimated, Selection } from '../../core/report/report.ts';
import type { PredictedStudy } from '../../core/report/study/study.ts';
import type { Baselines } from '../../core/selection/baselines.ts';
import type { Tally } from '../simulation/tally.ts';
import { subsetsOf, type World } from './world.ts';

/** What simple searches find against the best measured subset, where there is anything to choose. */
export function countSearches(found: Baselines, { chosen }: Selection, world: World, tally: Tally): void {
  for (const points of [found.forward, found.backward, found.swap])
    for (const { k, members, cross_fitted: regret } of points) {
      const best = chosen.find((each) => each.k === k && each.measured > 1);
      if (!best) continue;
      const truth = world.macro(members) - world.macro(best.members);
      tally.interval('regret of a search', truth, regret, 'cautious');
    }
}

/** Predictions are about the samples that there are. */
export function countPredicted(
  { curve, proposal, weights }: PredictedStudy,
  { merges }: Cell,
  world: World,
  tally: Tally,
): void {
  const count = (quantity: string, truth: number, estimate: Estimated) =>
    tally.interval(`${quantity}, on these samples`, truth, estimate, 'cautious');
  const all = world.pool.length;
  for (const { k, loss, measured, of } of curve) {
    const subsets = subsetsOf(all, k).map((members) => world.measured(members));
    if (measured < of) count('predicted curve', subsets.reduce((sum, x) => sum + x, 0) / of, loss);
  }
  for (const { members, loss } of proposal) count('predicted subset', world.measured(members), loss);
  if (!weights) return;
  const truth = world.measured(
    Array.from({ length: all }, (_, d) => d),
    weights.weights,
  );
  count('best weights, loss', truth, weights.loss);
  count('best weights, gain', Math.min(...merges.objective) - truth, weights.gain);
}
