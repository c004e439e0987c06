import type { FormModel } from './forms.ts';

/**
 * A number that follows from a law. At a given shape t it is g0·α + g1·δ (shape forms) or g·coefficients (linear
 * forms, whose `at` ignores t); or it is the shape itself.
 */
export type Quantity = { readonly kind: 'shape' } | ShapedQuantity;

export interface ShapedQuantity {
  readonly kind: 'shaped';
  readonly at: (t: number) => readonly [number, number];
  /** The side on which it has no limit as t → 1. */
  readonly unlimited: 1 | -1 | 0;
}

/** Weights of a linear form's coefficients. */
export type LinearQuantity = readonly number[];

/** Σ weight·L(k) over the given k's: one loss, or a difference of two. */
export function lossQuantity(
  model: FormModel,
  terms: readonly { readonly k: number; readonly weight: number }[],
): Quantity | LinearQuantity {
  if (model.kind === 'linear')
    return model.parameters.map((_, index) =>
      terms.reduce((sum, { k, weight }) => sum + weight * model.column(index, k), 0),
    );
  const total = terms.reduce((sum, { weight }) => sum + weight, 0);
  return {
    kind: 'shaped',
    unlimited: 0,
    at: (t) => {
      const psi = model.psi(t);
      return [total, -terms.reduce((sum, { k, weight }) => sum + weight * psi(k), 0)];
    },
  };
}

/** A reported parameter: Linf, A, b, p or C. */
export function parameterQuantity(model: FormModel, name: string): Quantity | LinearQuantity {
  if (model.kind === 'linear') return model.parameters.map((parameter) => (parameter === name ? 1 : 0));
  if (name === 'Linf') return { kind: 'shaped', unlimited: -1, at: (t) => [1, -model.floor(t)] };
  if (name === 'A') return { kind: 'shaped', unlimited: 1, at: (t) => [0, model.tail(t)] };
  return { kind: 'shape' };
}

/** L(k) − L∞: how far the floor lies below the law's value at k. */
export function depthQuantity(model: FormModel, k: number): ShapedQuantity | LinearQuantity {
  if (model.kind === 'linear')
    return model.parameters.map((name, index) => model.column(index, k) - (name === 'Linf' ? 1 : 0));
  return { kind: 'shaped', unlimited: 1, at: (t) => [0, model.floor(t) - model.psi(t)(k)] };
}
