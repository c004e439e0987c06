import type { Experiment, Method } from '../experiment/experiment.ts';
import { designOf } from './design.ts';
import { countSteps } from './steps.ts';

/** How many merges a sweep asks for, anchors included, unmerged models not: known from the text alone. */
export function countMerges(experiment: Experiment): number {
  const { pool, methods, sizes } = experiment;
  const design = designOf(experiment);
  const { strata } = design;
  const subsets = new Map([...strata].map(([k, stratum]) => [k, stratum.subsets.length]));
  // Whatever `sweep.k` says, each expert and the whole pool are merged once.
  subsets.set(1, pool.length);
  subsets.set(pool.length, 1);
  const perMethod = [...subsets.values()].reduce((sum, count) => sum + count, 0);
  const seeds = methods.reduce((sum, method) => sum + seedsOf(method), 0);
  return sizes.length * (perMethod * seeds + countSteps(experiment, design));
}

function seedsOf(method: Method): number {
  return 'seeds' in method ? method.seeds.length : 1;
}
