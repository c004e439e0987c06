/** The weights of lowest predicted loss: not every expert need count alike (mathematics §5). */
import { convexOver } from './convexity.ts';
import type { Surrogate } from './fit.ts';
import { jackknifed, type Predicted } from './jackknife.ts';
import { type SurrogateMerge, weightsOf } from './merge.ts';
import { gradientAt, lossAt, type SurrogateModel } from './model.ts';
import { descend, type Lengths, type Minimum, type Smooth } from './simplex.ts';

export interface BestWeights {
  /** Shape (M): α, the multiple of each task vector. Experts without a part are exactly 0. */
  readonly weights: Float64Array;
  /** Σα. */
  readonly length: number;
  /** Until it has been merged and measured, a prediction; too low for large pools (64 experts in simulation), as the lowest of very many is. */
  readonly predicted: Predicted;
  /** Fall of the loss against the best measured subset, nats per token; negative where that is better. */
  readonly gain: Predicted;
  /** True: no other weights are predicted to be better. False or null (unknown): the best of several starts. */
  readonly convex: boolean | null;
}

/** Weights below this share of the length are rounding. */
const NONE = 1e-6;
/** Measured subsets that the search starts from, beside the single experts and all of them alike. */
const BEST_STARTS = 10;

/**
 * Minimum of the surrogate over α ≥ 0 with Σα within the measured lengths: the simplex Σα = c where they are one, a
 * tuned length where they vary. Null where nothing is measured or every expert is excluded.
 *
 * @param mustExclude experts that get no weight
 */
export function bestWeights(
  surrogate: Surrogate,
  measured: readonly SurrogateMerge[],
  mustExclude: readonly number[],
): BestWeights | null {
  const { pool, model, replicates } = surrogate;
  const free = new Set(Array.from({ length: pool }, (_, i) => i).filter((i) => !mustExclude.includes(i)));
  const allowed = measured
    .filter(({ members }) => members.every((i) => free.has(i)))
    .sort((a, b) => a.loss - b.loss);
  const best = allowed[0];
  if (!best) return null;
  const lengths = lengthsOf(measured);
  const starts = [
    ...[...free].map((i) => weightsOf({ members: [i], step: lengths.to }, pool)),
    weightsOf({ members: [...free], step: lengths.to / free.size }, pool),
    ...allowed.slice(0, BEST_STARTS).map((merge) => weightsOf(merge, pool)),
  ];
  const minimum = starts
    .map((start) => descend(smooth(model), start, free, lengths))
    .reduce((a, b) => (b.value < a.value ? b : a));
  const alpha = withoutRounding(minimum, lengths);
  // Every replicate has its own best weights: what is foretold of chosen weights varies with the choice.
  const lowest = new Map<SurrogateModel, number>([[model, lossAt(model, alpha)]]);
  for (const replicate of replicates)
    lowest.set(replicate.model, descend(smooth(replicate.model), alpha, free, lengths).value);
  const own = (surrogate.agreement.rmse ?? 0) ** 2;
  const predicted = jackknifed(surrogate, (each) => lowest.get(each) ?? lossAt(each, alpha), own);
  return {
    weights: alpha,
    length: alpha.reduce((sum, a) => sum + a, 0),
    predicted,
    gain: {
      value: best.loss - predicted.value,
      se: predicted.se,
      interval: [best.loss - predicted.interval[1], best.loss - predicted.interval[0]],
    },
    convex: convexOver(model, free, lengths),
  };
}

function smooth(model: SurrogateModel): Smooth {
  return { value: (alpha) => lossAt(model, alpha), gradient: (alpha) => gradientAt(model, alpha) };
}

/** Predictions reach as far as measured lengths. */
function lengthsOf(measured: readonly SurrogateMerge[]): Lengths {
  const lengths = measured.map(({ members, step }) => members.length * step);
  const [from, to] = [Math.min(...lengths), Math.max(...lengths)];
  return to - from <= 1e-9 * to ? { from: to, to } : { from, to };
}

function withoutRounding({ alpha }: Minimum, { to }: Lengths): Float64Array {
  const kept = alpha.map((a) => (a > NONE * to ? a : 0));
  const scale = alpha.reduce((sum, a) => sum + a, 0) / kept.reduce((sum, a) => sum + a, 0);
  return kept.map((a) => a * scale);
}
