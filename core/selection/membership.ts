import { inverseOf } from './inverse.ts';
import { dot } from './measured.ts';
import type { Scope } from './scope.ts';
import { subsetsOfSize } from './subset-count.ts';
import { isMember, type SubsetMasks } from './subset-masks.ts';

/**
 * How membership moves the loss among subsets of one size k: c(d) = mean loss of the k-subsets with expert d minus the
 * mean of all k-subsets. Where all are measured it is exactly that; where some are, least squares of the loss on
 * membership, which needs more than M subsets. M = players of the scope, in their order.
 */
export interface MembershipEffect {
  /** Positions in the scope of the measured subsets of this size. Shape (n). */
  readonly positions: readonly number[];
  /** Shape (M, n): c = coefficients · losses. Where all are measured, one for members and one for the others. */
  readonly coefficients: Float64Array | { readonly members: number; readonly others: number };
  /**
   * What is not measured: c(d) has the variance units[d]·variance(losses), nats², of n − M degrees of freedom, with
   * units = Σ coefficients² − Σ (coefficients with all measured)². Null where all subsets are measured.
   */
  readonly unmeasured: {
    /** Shape (M, n), as above. */
    readonly coefficients: Float64Array;
    readonly units: Float64Array;
    readonly freedom: number;
    /** Of the losses, shape (n), around the additive model. */
    readonly variance: (losses: Float64Array) => number;
  } | null;
}

/** Null where the measured subsets cannot tell the experts apart. */
export function membershipEffect(
  positions: readonly number[],
  k: number,
  masks: SubsetMasks,
  scope: Scope,
): MembershipEffect | null {
  const n = positions.length;
  const M = scope.players.length;
  const of = subsetsOfSize(M, k);
  if (n === of) {
    // 1/N₊ − 1/N on the N₊ = N·k/M subsets with the expert, −1/N on the others; nothing where all or none have it.
    const split = k > 0 && k < M;
    const coefficients = { members: split ? (M / k - 1) / n : 0, others: split ? -1 / n : 0 };
    return { positions, coefficients, unmeasured: null };
  }
  if (n < M + 2) return null;
  return sampledEffect(positions, k, masks, scope);
}

function sampledEffect(
  positions: readonly number[],
  k: number,
  masks: SubsetMasks,
  scope: Scope,
): MembershipEffect | null {
  const n = positions.length;
  const M = scope.players.length;
  const members = positions.map((position) =>
    rowsOf(masks, scope.indices[position] as number, scope.players),
  );
  const mean = new Float64Array(M);
  for (const rows of members) for (const row of rows) mean[row] = (mean[row] as number) + 1 / n;
  const inverse = inverseGram(members, mean, M);
  if (!inverse) return null;
  // Under an additive model with Σβ = 0, c = shape·β.
  const shape = (M - k) / (M - 1);
  const coefficients = new Float64Array(M * n);
  const units = new Float64Array(M);
  // Σ of the complete contrast's squares.
  const complete = (M / k - 1) / subsetsOfSize(M, k);
  for (let d = 0; d < M; d++) {
    const own = inverse.subarray(d * M, (d + 1) * M);
    const centre = dot(own, mean);
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const coefficient = shape * (sumAt(own, members[i] as Uint8Array) - centre);
      coefficients[d * n + i] = coefficient;
      squares += coefficient ** 2;
    }
    units[d] = Math.max(0, squares - complete);
  }
  const variance = (losses: Float64Array) => residualVariance(members, mean, coefficients, shape, losses);
  return { positions, coefficients, unmeasured: { coefficients, units, freedom: n - M, variance } };
}

/** Which players are in a subset, by their order in the scope. */
function rowsOf(masks: SubsetMasks, index: number, players: readonly number[]): Uint8Array {
  return Uint8Array.from(players.flatMap((d, row) => (isMember(masks, index, d) ? [row] : [])));
}

/** (ZᵀZ)⁻¹ of the membership Z less its mean over the subsets, shape (M, M). Null where it is singular. */
function inverseGram(members: readonly Uint8Array[], mean: Float64Array, M: number): Float64Array | null {
  const gram = new Float64Array(M * M);
  for (const rows of members)
    for (const a of rows) for (const b of rows) gram[a * M + b] = (gram[a * M + b] as number) + 1;
  let trace = 0;
  for (let a = 0; a < M; a++) {
    for (let b = 0; b < M; b++)
      gram[a * M + b] =
        (gram[a * M + b] as number) - members.length * (mean[a] as number) * (mean[b] as number);
    trace += gram[a * M + a] as number;
  }
  // Rows of Z sum to zero, so β is only known up to a constant; adding a multiple of the ones matrix picks Σβ = 0.
  const scale = trace / M;
  for (let i = 0; i < gram.length; i++) gram[i] = (gram[i] as number) + scale;
  return inverseOf(gram, M, 1e-3 * Math.sqrt(scale));
}

function sumAt(values: Float64Array, rows: Uint8Array): number {
  let sum = 0;
  for (const row of rows) sum += values[row] as number;
  return sum;
}

/** Of the losses, shape (n), around mean + Z·β, β = coefficients·losses / shape. */
function residualVariance(
  members: readonly Uint8Array[],
  mean: Float64Array,
  coefficients: Float64Array,
  shape: number,
  losses: Float64Array,
): number {
  const n = losses.length;
  const beta = mean.map((_, d) => dot(coefficients.subarray(d * n, (d + 1) * n), losses) / shape);
  const level = losses.reduce((sum, loss) => sum + loss, 0) / n - dot(beta, mean);
  let squares = 0;
  for (let i = 0; i < n; i++)
    squares += ((losses[i] as number) - level - sumAt(beta, members[i] as Uint8Array)) ** 2;
  return squares / (n - mean.length);
}
