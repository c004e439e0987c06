/**
 * Inverse of a symmetric positive definite matrix, shape (p, p), by Cholesky's decomposition. Null where a pivot is
 * below `smallest`: then it is singular for all that these numbers can tell.
 */
export function inverseOf(matrix: Float64Array, p: number, smallest: number): Float64Array | null {
  const lower = cholesky(matrix, p, smallest);
  if (!lower) return null;
  const half = inverseOfLower(lower, p);
  const inverse = new Float64Array(p * p);
  for (let r = 0; r < p; r++) {
    for (let a = 0; a <= r; a++) {
      const left = half[r * p + a] as number;
      for (let b = 0; b <= a; b++)
        inverse[a * p + b] = (inverse[a * p + b] as number) + left * (half[r * p + b] as number);
    }
  }
  for (let a = 0; a < p; a++) for (let b = 0; b < a; b++) inverse[b * p + a] = inverse[a * p + b] as number;
  return inverse;
}

/** L with L·Lᵀ = matrix. */
function cholesky(matrix: Float64Array, p: number, smallest: number): Float64Array | null {
  const lower = new Float64Array(p * p);
  for (let a = 0; a < p; a++) {
    for (let b = 0; b <= a; b++) {
      let rest = matrix[a * p + b] as number;
      for (let c = 0; c < b; c++) rest -= (lower[a * p + c] as number) * (lower[b * p + c] as number);
      if (a !== b) lower[a * p + b] = rest / (lower[b * p + b] as number);
      else if (rest > 0 && Math.sqrt(rest) >= smallest) lower[a * p + a] = Math.sqrt(rest);
      else return null;
    }
  }
  return lower;
}

function inverseOfLower(lower: Float64Array, p: number): Float64Array {
  const inverse = new Float64Array(p * p);
  for (let column = 0; column < p; column++) {
    inverse[column * p + column] = 1 / (lower[column * p + column] as number);
    for (let row = column + 1; row < p; row++) {
      let sum = 0;
      for (let c = column; c < row; c++)
        sum -= (lower[row * p + c] as number) * (inverse[c * p + column] as number);
      inverse[row * p + column] = sum / (lower[row * p + row] as number);
    }
  }
  return inverse;
}
