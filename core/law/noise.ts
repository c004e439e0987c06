/** Random errors that are like those of the losses. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Random } from './random.ts';
import type { UsablePoints } from './usable-points.ts';
import { at, whitening } from './whitening.ts';

/** Losses and what is known of their errors, of one curve or of several side by side. */
export type Erring = Pick<UsablePoints, 'y' | 'C' | 'known' | 'df' | 'replicates'>;

/**
 * One set of losses by replicate number, with a misfit of that variance: the paired replicate where they are given,
 * else normal noise. `scale`: whitened residual variance, for errors that are not known; `free`: its degrees of
 * freedom. Null where nothing is known of the errors.
 */
export function noiseOf(
  points: Erring,
  scale: number | null,
  free: number,
  random: Random,
): ((replicate: number, misfit: number) => Float64Array) | null {
  const { y, C, known, df, replicates } = points;
  const size = y.length;
  const g = new Float64Array(size);
  const normals = () => {
    for (let i = 0; i < size; i++) g[i] = random.normal();
    return g;
  };
  // A variance known by n degrees of freedom is as uncertain as n/χ²(n).
  const widening = (n: number) => (Number.isFinite(n) ? Math.sqrt(n / random.chiSquared(n)) : 1);
  const addMisfit = (row: Float64Array, misfit: number) => {
    if (misfit <= 0 || free <= 0) return row;
    const wide = Math.sqrt(misfit) * widening(free);
    for (let i = 0; i < size; i++) row[i] = at(row, i) + wide * random.normal();
    return row;
  };

  if (replicates.length > 0) {
    const root = known ? positiveRoot(beyond(C, replicates, size), size) : null;
    return (r, misfit) => {
      const row = (replicates[r] ?? y).slice();
      if (root) addProduct(row, root, normals());
      return addMisfit(row, misfit);
    };
  }
  const own = known ? 1 : scale;
  if (own === null) return null;
  const w = whitening(C, size, 0);
  const freedom = known ? Math.min(...df) : free;
  return (_, misfit) => {
    const wide = Math.sqrt(own) * widening(freedom);
    const row = colour(w.inverse, normals());
    for (let i = 0; i < size; i++) row[i] = at(y, i) + wide * at(row, i);
    return addMisfit(row, misfit);
  };
}

/** x with S⁻¹·x = g: noise of the covariance that S⁻¹ whitens. */
function colour(inverse: Float64Array, g: Float64Array): Float64Array {
  const size = g.length;
  const x = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let sum = g[i] ?? 0;
    for (let j = 0; j < i; j++) sum -= at(inverse, i * size + j) * at(x, j);
    x[i] = sum / at(inverse, i * size + i);
  }
  return x;
}

/** The covariance that the replicates do not carry: C − their own. */
function beyond(C: Float64Array, replicates: readonly Float64Array[], size: number): Float64Array {
  const mean = new Float64Array(size);
  for (const row of replicates)
    for (let i = 0; i < size; i++) mean[i] = at(mean, i) + at(row, i) / replicates.length;
  const rest = C.slice();
  const share = 1 / Math.max(1, replicates.length - 1);
  for (const row of replicates)
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        rest[i * size + j] =
          at(rest, i * size + j) - share * (at(row, i) - at(mean, i)) * (at(row, j) - at(mean, j));
  return rest;
}

/** A root of the positive part of a symmetric matrix, columns scaled eigenvectors; null where it has none. */
function positiveRoot(S: Float64Array, size: number): readonly Float64Array[] | null {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(
    Matrix.from1DArray(size, size, S),
    { assumeSymmetric: true },
  );
  const columns = realEigenvalues.flatMap((value, column) =>
    value > 0
      ? [Float64Array.from({ length: size }, (_, i) => Math.sqrt(value) * eigenvectorMatrix.get(i, column))]
      : [],
  );
  return columns.length > 0 ? columns : null;
}

function addProduct(row: Float64Array, root: readonly Float64Array[], g: Float64Array): void {
  root.forEach((column, index) => {
    for (let i = 0; i < row.length; i++) row[i] = at(row, i) + (g[index] ?? 0) * at(column, i);
  });
}
