/** The merges that find the best step length of each tuned method. */
import type { Experiment } from '../experiment/experiment.ts';
import { planMethod, seedsOf } from '../store/keys.ts';
import type { SubsetDesign } from './design.ts';
import { type ScaledMerge, withScaled } from './scaled-lines.ts';
import { isTuned, stepScales, stepSubsets } from './step-design.ts';
import type { Sweep } from './sweep.ts';

/**
 * Behind everything else, since the answer does not wait for them; behind the anchors where the design may end before
 * all of it is merged. Random methods are tuned with their first seed.
 */
export function withSteps(plan: Sweep, experiment: Experiment, design: SubsetDesign): Sweep {
  const tuned = experiment.methods.filter(isTuned);
  if (tuned.length === 0) return plan;
  const subsets = stepSubsets(experiment, design);
  const merges = experiment.sizes.flatMap(({ name: size }) =>
    tuned.flatMap((method) =>
      subsets.flatMap((members): ScaledMerge[] => {
        const subset = members.map((i) => experiment.pool[i] ?? '');
        const place = { size, subset, seed: seedsOf(method)[0] ?? null, method: planMethod(method) };
        return stepScales(place.method, members.length).map((scale) => ({ ...place, scale }));
      }),
    ),
  );
  return withScaled(plan, merges, 'step', experiment.sweep.subsets.kind === 'precision' ? 'first' : 'last');
}

/** Merges that `withSteps` adds for each size; fewer where the experiment names a method at one of these scales itself. */
export function countSteps(
  experiment: Pick<Experiment, 'pool' | 'sweep' | 'methods'>,
  design: SubsetDesign,
): number {
  const subsets = stepSubsets(experiment, design);
  return experiment.methods
    .filter(isTuned)
    .map(planMethod)
    .reduce(
      (sum, method) => sum + subsets.reduce((own, { length: k }) => own + stepScales(method, k).length, 0),
      0,
    );
}
