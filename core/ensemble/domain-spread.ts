/**
 * How models differ by domain beyond their level. A deviation is what a model's loss in each domain, times the domain's
 * weight, lies above that of the mean model, its level taken away: D numbers that sum to zero.
 */
import { dot, type Losses, objectiveOf } from '../selection/measured.ts';
import type { DomainWeights } from '../selection/samples.ts';

/** Shape (models)(D); their mean is zero. */
export function deviationsOf(rows: readonly Losses[], weights: DomainWeights): Float64Array[] {
  const shares = rows.map((row) => {
    const level = objectiveOf(row, weights);
    return Float64Array.from(row.domains, (value, d) => (weights[d] as number) * (value - level));
  });
  const mean = Float64Array.from(weights, (_, d) => meanOf(shares.map((share) => share[d] as number)));
  return shares.map((share) => share.map((value, d) => value - (mean[d] as number)));
}

/** The trace of their covariance. */
export function sizeOf(deviations: readonly Float64Array[]): number {
  return deviations.reduce((sum, row) => sum + squareOf(row), 0) / (deviations.length - 1);
}

/**
 * In how many independent directions they differ alike: (tr C)²/tr C² of their covariance C, between 1 and the smaller of
 * D − 1 and their number less one. That of few is rather too small.
 */
export function directionsOf(deviations: readonly Float64Array[]): number {
  const total = deviations.reduce((sum, row) => sum + squareOf(row), 0);
  const squares = deviations.reduce(
    (sum, a) => sum + deviations.reduce((own, b) => own + dot(a, b) ** 2, 0),
    0,
  );
  return squares > 0 ? total ** 2 / squares : 1;
}

/**
 * Degrees of freedom of the sum of squares of one of them, 2·mean²/variance over all (Satterthwaite 1946): few where
 * domains move together, or where some models differ by far more than others. Between 1 and D − 1.
 */
export function freedomOf(deviations: readonly Float64Array[]): number {
  const squares = deviations.map(squareOf);
  const mean = meanOf(squares);
  const variance = squares.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (squares.length - 1);
  const most = (deviations[0]?.length ?? 2) - 1;
  return variance > 0 ? Math.max(1, Math.min(most, (2 * mean ** 2) / variance)) : most;
}

/** Columns whose sum, each times a standard normal number, has the deviations' covariance (Cholesky). Shape (rank)(D). */
export function covarianceFactor(deviations: readonly Float64Array[]): Float64Array[] {
  const D = deviations[0]?.length ?? 0;
  const C = Array.from({ length: D }, (_, i) =>
    Float64Array.from({ length: D }, (_zero, j) =>
      deviations.reduce(
        (sum, row) => sum + ((row[i] as number) * (row[j] as number)) / (deviations.length - 1),
        0,
      ),
    ),
  );
  const least = ROUNDING * sizeOf(deviations);
  return C.flatMap((row, i) => {
    const pivot = row[i] as number;
    if (!(pivot > least)) return [];
    const column = row.map((value) => value / Math.sqrt(pivot));
    for (const [j, other] of C.entries())
      for (let l = 0; l < D; l++)
        other[l] = (other[l] as number) - (column[j] as number) * (column[l] as number);
    return [column];
  });
}

const ROUNDING = 1e-12;

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function squareOf(row: Float64Array): number {
  return dot(row, row);
}
