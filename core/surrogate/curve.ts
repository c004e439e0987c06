import { subsetsOfSize } from '../selection/subset-count.ts';
import type { Surrogate } from './fit.ts';
import { deviation, jackknifed, type Predicted } from './jackknife.ts';
import type { SurrogateMerge } from './merge.ts';
import { meanLoss, type SurrogateModel, subsetLoss } from './model.ts';

/** The typical loss of one size by the surrogate: the mean over all its subsets. */
export interface CurvePoint extends Predicted {
  readonly k: number;
  /** Subsets of this size that are measured, and all there are. */
  readonly measured: number;
  readonly of: number;
}

/**
 * Mean over all subsets of size k: measured losses where there are some, predictions for the others,
 * (Σ measured L + Σ others L̂)/C(M, k); the sum over the others is the closed form less the measured ones' predictions.
 * Its error is that of the others: of their mean prediction by the jackknife, and their own deviations from it, as
 * large as those of measured subsets foretold without themselves. None where every subset is measured.
 *
 * @param step of a subset of size k
 * @param merges measured ones; those of another step are passed over
 */
export function predictedCurve(
  surrogate: Surrogate,
  merges: readonly SurrogateMerge[],
  ks: readonly number[],
  step: (k: number) => number,
): CurvePoint[] {
  return ks.map((k) => {
    const own = merges.filter(({ members, step: s }) => members.length === k && sameStep(s, step(k)));
    const of = subsetsOfSize(surrogate.pool, k);
    if (own.length === of) return { k, measured: of, of, ...exactly(own) };
    const point = jackknifed(
      surrogate,
      (model) => completed(model, own, k, step(k), of),
      deviation(surrogate, k) ** 2 * ((of - own.length) / of ** 2),
    );
    return { k, measured: own.length, of, ...point };
  });
}

function exactly(merges: readonly SurrogateMerge[]): Predicted {
  const value = merges.reduce((sum, { loss }) => sum + loss, 0) / merges.length;
  return { value, se: 0, interval: [value, value] };
}

function completed(
  model: SurrogateModel,
  measured: readonly SurrogateMerge[],
  k: number,
  step: number,
  of: number,
): number {
  const residuals = measured.reduce(
    (sum, { members, loss }) => sum + loss - subsetLoss(model, members, step),
    0,
  );
  return meanLoss(model, k, step) + residuals / of;
}

function sameStep(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.abs(b);
}
