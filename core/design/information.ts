import type { SparseRow } from '../surrogate/basis.ts';

/**
 * What a design knows of the surrogate's coefficients: P = (XᵀX + ε)⁻¹, their covariance when each is a priori of
 * variance 1 and a merge deviates from the basis with variance ε. So the first merges are well chosen, too, when few
 * coefficients are determined.
 */
export interface Information {
  readonly p: number;
  /** Shape (p, p). */
  readonly P: Float64Array;
  /** Shape (p, p): mean of x·xᵀ over the subsets to be predicted. */
  readonly A: Float64Array;
}

/** ε. On two pools with every subset known, 1e-3 to 1e-6 did alike from 80 merges on, and 1e-4 best with fewer. */
export const MISFIT = 1e-4;

export function newInformation(p: number, A: Float64Array): Information {
  const P = new Float64Array(p * p);
  for (let j = 0; j < p; j++) P[j * p + j] = 1 / MISFIT;
  return { p, P, A };
}

/**
 * xᵀPx and xᵀPAPx before anything is measured, while P is diagonal: the mean variance falls by gain/(1 + own) when x
 * is measured.
 */
export function priorScore(
  { p, P, A }: Information,
  { at, value }: SparseRow,
): { own: number; gain: number } {
  let own = 0;
  let gain = 0;
  const Px = value.map((x, a) => x * (P[(at[a] as number) * (p + 1)] as number));
  for (let a = 0; a < at.length; a++) {
    own += (value[a] as number) * (Px[a] as number);
    const from = (at[a] as number) * p;
    for (let b = 0; b < at.length; b++)
      gain += (Px[a] as number) * (Px[b] as number) * (A[from + (at[b] as number)] as number);
  }
  return { own, gain };
}

/** Measures x: P ← P − uuᵀ with u = Px/√(1 + xᵀPx). PAu is of the P before. */
export function learn(
  { p, P, A }: Information,
  row: SparseRow,
): { readonly u: Float64Array; readonly PAu: Float64Array; readonly uAu: number } {
  const u = product(P, p, row);
  let own = 0;
  for (const [i, place] of row.at.entries()) own += (row.value[i] as number) * (u[place] as number);
  const scale = 1 / Math.sqrt(1 + own);
  for (let j = 0; j < p; j++) u[j] = (u[j] as number) * scale;
  const Au = times(A, p, u);
  const PAu = times(P, p, Au);
  for (let i = 0; i < p; i++) {
    const ui = u[i] as number;
    if (ui === 0) continue;
    for (let j = 0; j < p; j++) P[i * p + j] = (P[i * p + j] as number) - ui * (u[j] as number);
  }
  return { u, PAu, uAu: dot(u, Au) };
}

function product(matrix: Float64Array, p: number, { at, value }: SparseRow): Float64Array {
  const out = new Float64Array(p);
  for (const [i, place] of at.entries()) {
    const x = value[i] as number;
    for (let j = 0; j < p; j++) out[j] = (out[j] as number) + x * (matrix[place * p + j] as number);
  }
  return out;
}

function times(matrix: Float64Array, p: number, vector: Float64Array): Float64Array {
  const out = new Float64Array(p);
  for (let i = 0; i < p; i++) {
    let sum = 0;
    for (let j = 0; j < p; j++) sum += (matrix[i * p + j] as number) * (vector[j] as number);
    out[i] = sum;
  }
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
