/** What taking one size gives up against another. */
import { studentPoint } from '../law/student.ts';
import { choiceVariance } from '../selection/choice-variance.ts';
import { samplesShowSpread } from '../selection/curve-error.ts';
import type { Variance } from '../selection/estimated.ts';
import { pairedVariance } from '../selection/sample-variance.ts';
import type { Context } from './context.ts';
import { estimatedBy } from './estimated.ts';
import type { Chosen } from './report.ts';

/** A chosen subset with the errors of its cross-fitted loss. */
export interface Judged {
  readonly chosen: Chosen;
  /** What each sample contributes, shape (S). */
  readonly values: Float64Array;
  /** Variance that choosing it among its like adds, nats²; 0 at the points stage. */
  readonly choice: number;
}

export function lossOf({ chosen }: Judged): number {
  return chosen.cross_fitted.value;
}

/**
 * Each beside the one of lowest cross-fitted loss. Which one that is the same samples say, perhaps by luck: the intervals
 * hold whichever it is of those that cannot be told from it.
 */
export function besideBest(context: Context, judged: readonly Judged[]): readonly Judged[] {
  const { samples, weights, options } = context;
  const [first, ...others] = judged;
  if (!first) return [];
  const best = others.reduce((a, b) => (lossOf(b) < lossOf(a) ? b : a), first);
  const errorOf = (each: Judged): Variance => {
    const { variance, freedom } = pairedVariance(each.values, best.values, samples);
    return { variance: variance + each.choice + best.choice, freedom };
  };
  const isOpen = (each: Judged) => {
    const { variance, freedom } = errorOf(each);
    const limit = studentPoint(freedom, 0.05 / others.length) * Math.sqrt(variance);
    return lossOf(each) - lossOf(best) <= limit;
  };
  const isShown = options.stage === 'complete' && samplesShowSpread(samples, weights);
  const open = isShown ? judged.filter((each) => each === best || isOpen(each)).length : 1;
  return judged.map((each) => {
    if (each === best) return each;
    const behind = estimatedBy(context, lossOf(each) - lossOf(best), () => {
      const own = errorOf(each);
      return { ...own, variance: own.variance + choiceVariance(open, own) };
    });
    return { ...each, chosen: { ...each.chosen, behind } };
  });
}
