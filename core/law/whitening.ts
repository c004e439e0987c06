import { Scratch } from './scratch.ts';

/** Generalised least squares by whitening: with C = S·Sᵀ, errors of S⁻¹·y are independent with variance 1. */
export interface Whitening {
  readonly size: number;
  /** S⁻¹, lower triangular, row by row. Its leading block whitens the first k's alone. */
  readonly inverse: Float64Array;
  readonly diagonal: boolean;
  /** Where the level was kept to that of the data (see level.ts): the one by the covariance alone. */
  readonly plain?: Whitening;
}

/** Whitening by the covariance `C` + `misfit`·I, shape (K, K). A singular C is lifted by as little as it needs. */
export function whitening(C: Float64Array, size: number, misfit: number): Whitening {
  let trace = 0;
  let diagonal = true;
  for (let i = 0; i < size; i++) {
    trace += C[i * size + i] ?? 0;
    for (let j = 0; j < i; j++) if ((C[i * size + j] ?? 0) !== 0) diagonal = false;
  }
  const scale = trace / size + misfit || 1;
  for (let lift = 0; ; lift = lift * 100 || 1e-12) {
    const inverse = inverseRoot(C, size, misfit + lift * scale);
    if (inverse) return { size, inverse, diagonal };
    if (lift > 1) throw new RangeError('covariance is not finite');
  }
}

const root = new Scratch();

/** S⁻¹ for C + ridge·I = S·Sᵀ; null if that is not positive definite. */
function inverseRoot(C: Float64Array, n: number, ridge: number): Float64Array | null {
  const S = root.of(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = (C[i * n + j] ?? 0) + (i === j ? ridge : 0);
      for (let l = 0; l < j; l++) sum -= (S[i * n + l] as number) * (S[j * n + l] as number);
      if (i !== j) S[i * n + j] = sum / at(S, j * n + j);
      else if (sum > 0 && sum < Number.POSITIVE_INFINITY) S[i * n + i] = Math.sqrt(sum);
      else return null;
    }
  }
  const inverse = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    inverse[j * n + j] = 1 / at(S, j * n + j);
    for (let i = j + 1; i < n; i++) {
      let sum = 0;
      for (let l = j; l < i; l++) sum -= (S[i * n + l] as number) * (inverse[l * n + j] as number);
      inverse[i * n + j] = sum / at(S, i * n + i);
    }
  }
  return inverse;
}

/** out = S⁻¹·y for the first `count` k's. `y` and `out` may not be the same array. */
export function whiten(
  { inverse, size, diagonal }: Whitening,
  y: Float64Array,
  out: Float64Array,
  count: number,
): void {
  // The innermost loop of all fits: written without calls.
  for (let i = 0; i < count; i++) {
    const row = i * size;
    let sum = 0;
    for (let j = diagonal ? i : 0; j <= i; j++) sum += (inverse[row + j] as number) * (y[j] as number);
    out[i] = sum;
  }
}

/** An index known to be inside; keeps the compiler's check of indices out of inner loops. */
export function at(array: Float64Array, index: number): number {
  return array[index] as number;
}
