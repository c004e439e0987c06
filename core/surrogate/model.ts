/** What every surrogate answers, whichever of the two it is. */
import { basisMean, basisRow } from './basis.ts';
import { weightsOf } from './merge.ts';
import { type Polynomial, polynomialAt, polynomialGradient, polynomialMean } from './polynomial.ts';
import {
  type GaussianProcess,
  type Point,
  processAt,
  processGradient,
  processMean,
  processMeanRow,
  processRow,
} from './process.ts';

export type SurrogateModel = Polynomial | GaussianProcess;

/** Predicted loss at weights α, shape (M). Nats per token. */
export function lossAt(model: SurrogateModel, alpha: Float64Array): number {
  return model.kind === 'polynomial' ? polynomialAt(model, alpha) : processAt(model, alpha);
}

/** ∂L/∂α, shape (M). */
export function gradientAt(model: SurrogateModel, alpha: Float64Array): Float64Array {
  return model.kind === 'polynomial' ? polynomialGradient(model, alpha) : processGradient(model, alpha);
}

/** Predicted loss of a subset whose members have the weight `step` each. */
export function subsetLoss(model: SurrogateModel, members: readonly number[], step: number): number {
  return lossAt(model, weightsOf({ members, step }, model.pool));
}

/** Mean predicted loss over all C(M, k) subsets of size k, in closed form for any M. */
export function meanLoss(model: SurrogateModel, k: number, step: number): number {
  return model.kind === 'polynomial' ? polynomialMean(model, k, step) : processMean(model, k, step);
}

/** θ: every prediction is base + Σ_j f_j θ_j. */
export function parametersOf(model: SurrogateModel): Float64Array {
  return model.kind === 'polynomial'
    ? model.coefficients
    : Float64Array.from([...model.trend, ...model.weights]);
}

/** f at a subset, of the parameters' shape. */
export function rowAt(model: SurrogateModel, point: Point): Float64Array {
  if (model.kind === 'process') return processRow(model, point);
  const row = new Float64Array(model.coefficients.length);
  const { at, value } = basisRow(point, model.pool, model.varying);
  for (const [i, place] of at.entries()) row[place] = value[i] as number;
  return row;
}

/** Mean of f over all C(M, k) subsets of size k, or over those without an expert. */
export function meanRow(
  model: SurrogateModel,
  k: number,
  step: number,
  without: number | null = null,
): Float64Array {
  return model.kind === 'polynomial'
    ? basisMean(model.pool, k, step, model.varying, without)
    : processMeanRow(model, k, step, without);
}
