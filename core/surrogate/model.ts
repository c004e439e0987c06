/** What every surrogate answers, whichever of the two it is. */
import { weightsOf } from './merge.ts';
import { type Polynomial, polynomialAt, polynomialGradient, polynomialMean } from './polynomial.ts';
import { type GaussianProcess, processAt, processGradient, processMean } from './process.ts';

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
