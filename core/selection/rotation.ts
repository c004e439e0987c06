import type { Random } from '../law/random.ts';

/**
 * Rows turned at random around their mean: the same means, variances and correlations of all columns, and nothing else
 * of what the rows were. Rows of one Gaussian cloud are as likely as each of these (Langsrud 2005). Shape (R, C).
 */
export class Rotation {
  readonly #rows: number;
  readonly #columns: number;
  /** Shape (R − 1, C): the rows in a basis of what is orthogonal to their mean. */
  readonly #coordinates: Float64Array;

  constructor(values: Float64Array, rows: number, random: Random) {
    this.#rows = rows;
    this.#columns = rows > 0 ? values.length / rows : 0;
    const basis = centredBasis(rows, random);
    this.#coordinates = new Float64Array((rows - 1) * this.#columns);
    for (let b = 0; b < rows - 1; b++) {
      for (let r = 0; r < rows; r++)
        this.#add(this.#coordinates, b, values, r, basis[b * rows + r] as number);
    }
  }

  /** Their mean is left out: no distance depends on it. */
  draw(random: Random): Float64Array {
    const rows = this.#rows;
    const basis = centredBasis(rows, random);
    const out = new Float64Array(rows * this.#columns);
    for (let r = 0; r < rows; r++) {
      for (let b = 0; b < rows - 1; b++)
        this.#add(out, r, this.#coordinates, b, basis[b * rows + r] as number);
    }
    return out;
  }

  #add(to: Float64Array, row: number, from: Float64Array, other: number, weight: number): void {
    const C = this.#columns;
    for (let c = 0; c < C; c++)
      to[row * C + c] = (to[row * C + c] as number) + weight * (from[other * C + c] as number);
  }
}

/** A uniformly random orthonormal basis of the vectors of length n that sum to zero. Shape (n − 1, n). */
function centredBasis(n: number, random: Random): Float64Array {
  const basis = new Float64Array((n - 1) * n);
  for (let b = 0; b < n - 1; b++) {
    const own = basis.subarray(b * n, (b + 1) * n);
    for (let i = 0; i < n; i++) own[i] = random.normal();
    const mean = own.reduce((sum, value) => sum + value, 0) / n;
    for (let i = 0; i < n; i++) own[i] = (own[i] as number) - mean;
    // Twice is enough (Giraud, Langou and Rozložník 2005).
    for (const _ of [1, 2]) for (let a = 0; a < b; a++) project(own, basis.subarray(a * n, (a + 1) * n));
    const length = Math.hypot(...own);
    for (let i = 0; i < n; i++) own[i] = (own[i] as number) / length;
  }
  return basis;
}

function project(vector: Float64Array, unit: Float64Array): void {
  let along = 0;
  for (let i = 0; i < unit.length; i++) along += (vector[i] as number) * (unit[i] as number);
  for (let i = 0; i < unit.length; i++) vector[i] = (vector[i] as number) - along * (unit[i] as number);
}
