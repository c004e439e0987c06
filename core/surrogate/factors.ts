/** What a fit leaves to say how its parameters follow from the losses, with hyperparameters as they are. */
import type { SparseRow } from './basis.ts';
import { solveLower, solveUpper } from './cholesky.ts';
import { dot } from './process.ts';

/** Least squares: L·Lᵀ is the Gram matrix of the columns times `scale`. */
export interface PolynomialFactors {
  readonly kind: 'polynomial';
  /** Shape (p, p). */
  readonly L: Float64Array;
  /** Shape (p). */
  readonly scale: Float64Array;
  /** Shape (n). */
  readonly rows: readonly SparseRow[];
}

/** Kriging with trend columns H, shape (n, q): K = L·Lᵀ, C = L⁻¹H and G·Gᵀ = CᵀC. */
export interface ProcessFactors {
  readonly kind: 'process';
  /** Shape (n, n). */
  readonly L: Float64Array;
  /** Shape (q, q). */
  readonly G: Float64Array;
  /** q columns of shape (n). */
  readonly C: readonly Float64Array[];
}

export type Factors = PolynomialFactors | ProcessFactors;

/** Weights of the losses (less the base's) in Σ_j f_j θ_j, for f of the shape of the parameters θ. Shape (n). */
export function weightsOf(factors: Factors, f: Float64Array): Float64Array {
  return factors.kind === 'polynomial' ? polynomialWeights(factors, f) : processWeights(factors, f);
}

function polynomialWeights({ L, scale, rows }: PolynomialFactors, f: Float64Array): Float64Array {
  const scaled = f.map((x, j) => x * (scale[j] as number));
  const solved = solveUpper(L, f.length, solveLower(L, f.length, scaled));
  return Float64Array.from(rows, ({ at, value }) =>
    at.reduce((sum, j, a) => sum + (value[a] as number) * (scale[j] as number) * (solved[j] as number), 0),
  );
}

/**
 * The trend is (G·Gᵀ)⁻¹CᵀL⁻¹y and the weights are K⁻¹(y − H·trend): for f = (f_t, f_w) and u = L⁻¹f_w,
 * L⁻ᵀ(u − C·(G·Gᵀ)⁻¹(Cᵀu − f_t)).
 */
function processWeights({ L, G, C }: ProcessFactors, f: Float64Array): Float64Array {
  const q = C.length;
  const n = f.length - q;
  const u = solveLower(L, n, f.slice(q));
  const rest = Float64Array.from(C, (column, c) => dot(column, u) - (f[c] as number));
  const shift = solveUpper(G, q, solveLower(G, q, rest));
  for (const [c, column] of C.entries())
    for (let i = 0; i < n; i++) u[i] = (u[i] as number) - (shift[c] as number) * (column[i] as number);
  return solveUpper(L, n, u);
}
