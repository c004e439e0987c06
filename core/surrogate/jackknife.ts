import { student95 } from '../law/student.ts';
import type { Surrogate } from './fit.ts';
import { type SurrogateModel, subsetLoss } from './model.ts';

/** A prediction with its error from the merges that were not made. */
export interface Predicted {
  /** Nats per token. */
  readonly value: number;
  /** Jackknife standard error, nats. */
  readonly se: number;
  /** 95%, by Student's t with one degree of freedom less than there are groups. */
  readonly interval: readonly [number, number];
}

/**
 * Any number that follows from a surrogate, with the delete-a-tenth jackknife of everything that made it: the same
 * done with every replicate; variance (g − 1)/g · Σ (θ_j − mean)².
 *
 * @param own variance that the replicates do not see, nats²: of what the surrogate leaves out
 */
export function jackknifed(
  surrogate: Pick<Surrogate, 'model' | 'replicates'>,
  estimate: (model: SurrogateModel) => number,
  own = 0,
): Predicted {
  const value = estimate(surrogate.model);
  const values = surrogate.replicates.map(({ model }) => estimate(model));
  const g = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / g;
  const se = Math.sqrt(((g - 1) / g) * values.reduce((sum, x) => sum + (x - mean) ** 2, 0) + own);
  const half = se > 0 ? student95(g - 1) * se : 0;
  return { value, se, interval: [value - half, value + half] };
}

/** Of one subset of size k from its prediction, nats: as measured ones of that size deviate, foretold without themselves. */
export function deviation({ agreement }: Pick<Surrogate, 'agreement'>, k: number): number {
  return agreement.byK.find((each) => each.k === k)?.rmse ?? agreement.rmse ?? 0;
}

/** What a subset would score that is not measured; members have the weight `step` each. */
export function predictedSubset(surrogate: Surrogate, members: readonly number[], step: number): Predicted {
  const own = deviation(surrogate, members.length) ** 2;
  return jackknifed(surrogate, (model) => subsetLoss(model, members, step), own);
}
