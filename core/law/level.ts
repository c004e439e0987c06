/**
 * The level of a fit has to be that of the data. Errors that all k share are a level error; but where they are not the
 * same at every k (samples that feel a loss more or less scale it: C ≈ σ²·L·Lᵀ), generalised least squares reads a
 * slope that the form cannot follow as a sign of them, and corrects the whole curve by it, off every point (Peelle's
 * puzzle: D'Agostini, Nuclear Instruments and Methods A 346, 1994). Its level is then a weighted mean of the residuals
 * with weights that are negative, or far from what its own error makes each k worth.
 */
import { Scratch } from './scratch.ts';
import { at, type Whitening, whitening } from './whitening.ts';

/** Rounding of a weight; all sum to 1. */
const ROUNDING = 1e-9;

/** Ratio between k's, of q to g·(1 − g) in `levelWeights`, up to which the covariance counts as even. */
const UNEVEN = 4;

const rooms = {
  u: new Scratch(),
  g: new Scratch(),
  q: new Scratch(),
  withMean: new Scratch(),
  levelled: new Scratch(),
};

/**
 * Whitening by `C` + `misfit`·I, shape (K, K), under which the level at any shape is a mean of the residuals of the
 * first `count` k's, weighted by the errors that they do not share. Differences between k's keep their covariance, so
 * the shape is fitted as before; only what they would tell of the level is not used. Where generalised least squares
 * weights about so anyway, this is `plain`, `whitening(C, size, misfit)`; else it is of the first `count` k's alone.
 */
export function levelWhitening(
  C: Float64Array,
  size: number,
  misfit: number,
  count = size,
  plain = whitening(C, size, misfit),
): Whitening {
  const weights = levelWeights(plain, count);
  return weights ? { ...whitening(levelled(C, size, misfit, weights, count), count, 0), plain } : plain;
}

/**
 * Shape (K), sum 1, zero beyond the first `count`: each k by the inverse variance that it has of its own, once the level
 * and all other k's are known. Null where generalised least squares weights so: with g its weights and q those inverse
 * variances, q is in proportion to g·(1 − g) where the shared error is the same at every k (C = σ²·1·1ᵀ + D).
 */
export function levelWeights({ inverse, size, diagonal }: Whitening, count: number): Float64Array | null {
  if (diagonal) return null;
  // u = S⁻¹·1; g = S⁻ᵀ·u/(uᵀu); q: squared columns of S⁻¹ without what lies along u.
  const u = rooms.u.zeros(count);
  const g = rooms.g.zeros(count);
  const q = rooms.q.zeros(count);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const row = i * size;
    for (let j = 0; j <= i; j++) u[i] = at(u, i) + at(inverse, row + j);
    for (let j = 0; j <= i; j++) g[j] = at(g, j) + at(u, i) * at(inverse, row + j);
    total += at(u, i) ** 2;
  }
  for (let j = 0; j < count; j++) g[j] = at(g, j) / total;
  let all = 0;
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++) {
      const square = ((j <= i ? at(inverse, i * size + j) : 0) - at(u, i) * at(g, j)) ** 2;
      q[j] = at(q, j) + square;
      all += square;
    }
  let [least, most, negative] = [Number.POSITIVE_INFINITY, 0, false];
  for (let j = 0; j < count; j++) {
    let others = 0;
    for (let i = 0; i < count; i++) if (i !== j) others += at(g, i);
    const ratio = at(q, j) / (at(g, j) * others);
    least = Math.min(least, ratio);
    most = Math.max(most, ratio);
    if (at(g, j) < -ROUNDING) negative = true;
  }
  if (!(negative || most > UNEVEN * least) || all <= 0) return null;
  return Float64Array.from({ length: size }, (_, j) => (j < count ? at(q, j) / all : 0));
}

/**
 * The covariance in which the mean by `weights` keeps its variance, and differences theirs, but do not tell of each other.
 * Shape (count, count). The caller's until the next call.
 */
function levelled(
  C: Float64Array,
  size: number,
  misfit: number,
  weights: Float64Array,
  count: number,
): Float64Array {
  // Of each k with the mean: (C + misfit·I)·w.
  const withMean = rooms.withMean.of(count);
  let ofMean = 0;
  for (let i = 0; i < count; i++) {
    let sum = misfit * at(weights, i);
    for (let j = 0; j < count; j++) sum += at(C, i * size + j) * at(weights, j);
    withMean[i] = sum;
    ofMean += sum * at(weights, i);
  }
  const found = rooms.levelled.of(count * count);
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++) {
      const own = at(C, i * size + j) + (i === j ? misfit : 0);
      found[i * count + j] = own + (ofMean - at(withMean, i)) + (ofMean - at(withMean, j));
    }
  return found;
}
