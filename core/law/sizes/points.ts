/** The curves of one domain at several sizes, side by side as one vector of losses. */
import type { CurveData } from '../input.ts';
import { levelWhitening } from '../level.ts';
import { type UsablePoints, usablePoints } from '../usable-points.ts';
import { at, type Whitening, whiten } from '../whitening.ts';

/** S = sizes, P = points over all sizes: those of the first size first, each by ascending k. */
export interface SizePoints {
  /** Ascending, distinct, billions of parameters. Shape (S). */
  readonly N: readonly number[];
  readonly curves: readonly UsablePoints[];
  /** Where each size's points begin; shape (S + 1). */
  readonly start: readonly number[];
  readonly smallestK: number;
  readonly largestK: number;
  /** M of the largest pool. */
  readonly pool: number;
  /** Shape (P). Nats per token. */
  readonly y: Float64Array;
  /** The errors of every size are known, in nats². */
  readonly known: boolean;
  /** Those of some size are not, and residuals do not show them: no interval can be. */
  readonly hidden: boolean;
  /** Shape (P, P). Between sizes: that of the paired replicates, else none. */
  readonly C: Float64Array;
  /** Shape (P). */
  readonly df: Float64Array;
  /** R rows of P, paired over sizes; empty where some size has none. */
  readonly replicates: readonly Float64Array[];
}

/** Curves without a size or without points are left out; of two with the same size the first counts. */
export function sizePoints(data: readonly CurveData[], withReplicates: boolean): SizePoints {
  const bySize = new Map<number, CurveData>();
  for (const curve of data)
    if (curve.N !== null && curve.N > 0 && Number.isFinite(curve.N) && !bySize.has(curve.N))
      bySize.set(curve.N, curve);
  const sorted = [...bySize].sort(([a], [b]) => a - b);
  const entries = sorted
    .map(([N, curve]) => ({ N, curve, points: usablePoints(curve, withReplicates) }))
    .filter(({ points }) => points.k.length > 0);
  if (entries.every(({ points }) => points.known)) return joined(entries);
  // Relative weights and nats² do not mix, and the residuals of some sizes do not show what is known of others.
  const covariance = entries.some(({ points }) => points.known || points.hidden) ? 'hidden' : null;
  return joined(
    entries.map(({ N, curve }) => ({ N, points: usablePoints({ ...curve, covariance }, false) })),
  );
}

/** Some of the sizes alone, by their index. */
export function someSizes(points: SizePoints, kept: readonly number[]): SizePoints {
  return joined(
    kept.flatMap((s) => {
      const [N, curve] = [points.N[s], points.curves[s]];
      return N === undefined || curve === undefined ? [] : [{ N, points: curve }];
    }),
  );
}

function joined(entries: readonly { readonly N: number; readonly points: UsablePoints }[]): SizePoints {
  const curves = entries.map(({ points }) => points);
  const start = [0];
  for (const { k } of curves) start.push((start.at(-1) ?? 0) + k.length);
  const ks = curves.flatMap(({ k }) => k);
  const replicates = pairedReplicates(curves);
  return {
    N: entries.map(({ N }) => N),
    curves,
    start,
    smallestK: Math.min(...ks),
    largestK: Math.max(...ks),
    pool: Math.max(1, ...curves.map(({ pool }) => pool)),
    y: concatenated(curves.map(({ y }) => y)),
    known: curves.length > 0 && curves.every(({ known }) => known),
    hidden: curves.some(({ hidden }) => hidden),
    C: jointCovariance(curves, start, replicates),
    df: concatenated(curves.map(({ df }) => df)),
    replicates,
  };
}

/** Row r of every size is of the same resampled evaluation samples. Sizes with different numbers of rows are not paired. */
function pairedReplicates(curves: readonly UsablePoints[]): Float64Array[] {
  const [first] = curves;
  const count = first?.replicates.length ?? 0;
  if (curves.some(({ replicates }) => replicates.length !== count)) return [];
  return Array.from({ length: count }, (_, r) =>
    concatenated(curves.map(({ replicates }) => replicates[r] ?? new Float64Array(0))),
  );
}

function jointCovariance(
  curves: readonly UsablePoints[],
  start: readonly number[],
  replicates: readonly Float64Array[],
): Float64Array {
  const total = start.at(-1) ?? 0;
  const C = covarianceOf(replicates, total);
  curves.forEach(({ C: own, k }, s) => {
    const from = start[s] ?? 0;
    for (let i = 0; i < k.length; i++)
      for (let j = 0; j < k.length; j++) C[(from + i) * total + from + j] = at(own, i * k.length + j);
  });
  return C;
}

/** Shape (P, P); zero without rows. */
function covarianceOf(rows: readonly Float64Array[], size: number): Float64Array {
  const C = new Float64Array(size * size);
  const mean = new Float64Array(size);
  for (const row of rows) for (let i = 0; i < size; i++) mean[i] = at(mean, i) + at(row, i) / rows.length;
  for (const row of rows)
    for (let i = 0; i < size; i++) {
      const deviation = (at(row, i) - at(mean, i)) / Math.max(1, rows.length - 1);
      for (let j = 0; j < size; j++)
        C[i * size + j] = at(C, i * size + j) + deviation * (at(row, j) - at(mean, j));
    }
  return C;
}

function concatenated(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/**
 * One whitening a size. The weights take each size by itself, at the level of its own points (see level.ts): errors that
 * sizes share would else pull the floor of one by the misfit of another. They count in the intervals, by the replicates.
 */
export function sizeWhitenings(points: SizePoints, misfit: number): Whitening[] {
  return points.curves.map(({ C, k }) => levelWhitening(C, k.length, misfit));
}

/** `y`, shape (P), each size by its own whitening. */
export function whitenSizes(
  points: SizePoints,
  whitenings: readonly Whitening[],
  y: Float64Array,
  out: Float64Array,
): void {
  whitenings.forEach((w, s) => {
    const [from, to] = [points.start[s] ?? 0, points.start[s + 1] ?? 0];
    whiten(w, y.subarray(from, to), out.subarray(from, to), to - from);
  });
}
