/** Cholesky factors on flat row-major arrays: the surrogate factors matrices of hundreds of rows many times. */

/** L with A = L·Lᵀ, shape (n, n), from the lower triangle of A; null where a pivot falls below `floor`. */
export function cholesky(A: Float64Array, n: number, floor: number): Float64Array | null {
  const L = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = A[i * n + j] as number;
      for (let l = 0; l < j; l++) sum -= (L[i * n + l] as number) * (L[j * n + l] as number);
      if (i !== j) L[i * n + j] = sum / (L[j * n + j] as number);
      else if (sum > floor) L[i * n + i] = Math.sqrt(sum);
      else return null;
    }
  }
  return L;
}

/** Solves L·x = b in place. */
export function solveLower(L: Float64Array, n: number, b: Float64Array): Float64Array {
  for (let i = 0; i < n; i++) {
    let sum = b[i] as number;
    for (let l = 0; l < i; l++) sum -= (L[i * n + l] as number) * (b[l] as number);
    b[i] = sum / (L[i * n + i] as number);
  }
  return b;
}

/** Solves Lᵀ·x = b in place. */
export function solveUpper(L: Float64Array, n: number, b: Float64Array): Float64Array {
  for (let i = n - 1; i >= 0; i--) {
    const x = (b[i] as number) / (L[i * n + i] as number);
    b[i] = x;
    for (let l = 0; l < i; l++) b[l] = (b[l] as number) - (L[i * n + l] as number) * x;
  }
  return b;
}

/** Shape (n): the diagonal of (L·Lᵀ)⁻¹. */
export function inverseDiagonal(L: Float64Array, n: number): Float64Array {
  const diagonal = new Float64Array(n);
  const column = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    let squares = 0;
    for (let i = j; i < n; i++) {
      let sum = i === j ? 1 : 0;
      for (let l = j; l < i; l++) sum -= (L[i * n + l] as number) * (column[l] as number);
      column[i] = sum / (L[i * n + i] as number);
      squares += (column[i] as number) ** 2;
    }
    diagonal[j] = squares;
  }
  return diagonal;
}
