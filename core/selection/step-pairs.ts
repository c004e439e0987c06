import { inverseOf } from './inverse.ts';
import { dot } from './measured.ts';
import {
  evenness,
  expectedSquares,
  type PairModel,
  squaresBySubset,
  subsetsOfPairs,
} from './pair-subsets.ts';
import type { Scope } from './scope.ts';
import { isMember, type SubsetFinder, type SubsetMasks } from './subset-masks.ts';

/** Measured subsets T and T ∪ {donor}, by columns of equal length. */
export interface StepPairs {
  readonly donor: Uint8Array;
  /** Index of T, and of T with the donor. */
  readonly before: Int32Array;
  readonly after: Int32Array;
  /** Size of T within the scope. */
  readonly t: Uint8Array;
}

/** Every measured pair (T, T ∪ {d}) of the scope whose size t of T is asked for. */
export function stepPairs(
  masks: SubsetMasks,
  find: SubsetFinder,
  scope: Scope,
  steps: ReadonlySet<number>,
): StepPairs {
  const wanted = Uint8Array.from({ length: 65 }, (_, t) => (steps.has(t) ? 1 : 0));
  const tOf = (i: number) => (masks.size[scope.indices[i] as number] as number) - scope.fixed - 1;
  let most = 0;
  for (let i = 0; i < scope.indices.length; i++) if (wanted[tOf(i)] === 1) most += tOf(i) + 1;
  const donors = new Uint8Array(most);
  const befores = new Int32Array(most);
  const afters = new Int32Array(most);
  const ts = new Uint8Array(most);
  let n = 0;
  for (let i = 0; i < scope.indices.length; i++) {
    if (wanted[tOf(i)] !== 1) continue;
    const after = scope.indices[i] as number;
    for (const donor of scope.players) {
      if (!isMember(masks, after, donor)) continue;
      const before = find(after, donor);
      if (before < 0) continue;
      donors[n] = donor;
      befores[n] = before;
      afters[n] = after;
      ts[n++] = tOf(i);
    }
  }
  return {
    donor: donors.slice(0, n),
    before: befores.slice(0, n),
    after: afters.slice(0, n),
    t: ts.slice(0, n),
  };
}

/** Change of the loss at each pair, nats. */
export function changesOf({ before, after }: StepPairs, losses: Float64Array): Float64Array {
  const changes = new Float64Array(before.length);
  for (let i = 0; i < changes.length; i++)
    changes[i] = (losses[after[i] as number] as number) - (losses[before[i] as number] as number);
  return changes;
}

/** Effects of donors from measured pairs, as linear functions of the changes. */
export interface PairEffects {
  /** By donor; those without pairs are absent. Made anew each time. */
  readonly donors: () => ReadonlyMap<
    number,
    {
      /** Shape (pairs). */
      readonly coefficients: Float64Array;
      /** Variance in units of one subset's around the model. */
      readonly leverage: number;
      readonly comparisons: number;
    }
  >;
  /** Of subsets around the model, with `freedom` degrees of freedom. */
  readonly variance: (changes: Float64Array) => number;
  readonly freedom: number;
}

/**
 * Weighted least squares of change = step t + fading(t)·donor d with donors' effects summing to zero over those compared,
 * so that an expert is not judged by who else happened to be added at its steps, nor by which steps those were. Its effect
 * is the mean over the steps that there are, which count alike, as in the definition. Null where the pairs do not connect
 * the donors.
 *
 * @param shape spread over subsets of the scope's size t, up to a constant
 */
export function pairEffects(
  pairs: StepPairs,
  shape: (t: number) => number,
  fading: (t: number) => number,
): PairEffects | null {
  const n = pairs.donor.length;
  const subsets = subsetsOfPairs(pairs, shape);
  const weights = equalOverSteps(pairs);
  const donors = [...new Set(pairs.donor)].sort((a, b) => a - b);
  const steps = [...new Set(pairs.t)];
  const p = donors.length + steps.length;
  // Sums of the donors and of the steps are the same column twice; effects that sum to zero take one away.
  const left = subsets.rank - (p - 1);
  if (donors.length < 2 || left < 1) return null;
  const rowOfDonor = new Map(donors.map((donor, i) => [donor, i]));
  const rowOfStep = new Map(steps.map((t, i) => [t, donors.length + i]));
  const donorRow = Int32Array.from(pairs.donor, (donor) => rowOfDonor.get(donor) ?? 0);
  const stepRow = Int32Array.from(pairs.t, (t) => rowOfStep.get(t) ?? 0);
  const model = { donorRow, stepRow, fading: Float64Array.from(pairs.t, fading) };
  const inverse = inverseGram(model, weights, donors.length, p);
  if (!inverse) return null;
  const rowOf = (row: number) => inverse.subarray(row * p, (row + 1) * p);
  const predicted = (own: Float64Array, i: number) =>
    (model.fading[i] as number) * (own[donorRow[i] as number] as number) +
    (own[stepRow[i] as number] as number);
  const meanFading = steps.reduce((sum, t) => sum + fading(t), 0) / steps.length;
  let expected: number | null = null;
  const variance = (changes: Float64Array) => {
    const projected = new Float64Array(p);
    for (let i = 0; i < n; i++) {
      const change = (weights[i] as number) * (changes[i] as number);
      const [d, t] = [donorRow[i] as number, stepRow[i] as number];
      projected[d] = (projected[d] as number) + (model.fading[i] as number) * change;
      projected[t] = (projected[t] as number) + change;
    }
    const fitted = projected.map((_, row) => dot(rowOf(row), projected));
    let squares = 0;
    for (let i = 0; i < n; i++)
      squares += (weights[i] as number) * ((changes[i] as number) - predicted(fitted, i)) ** 2;
    expected ??= expectedSquares(subsets, weights, model, inverse, p);
    return squares / expected;
  };
  return {
    donors: () =>
      new Map(
        donors.map((donor, row) => {
          const own = rowOf(row);
          const coefficients = new Float64Array(n);
          for (let i = 0; i < n; i++)
            coefficients[i] = meanFading * (weights[i] as number) * predicted(own, i);
          const leverage = squaresBySubset(subsets, coefficients);
          const comparisons = pairs.donor.reduce((sum, d) => sum + (d === donor ? 1 : 0), 0);
          return [donor, { coefficients, leverage, comparisons }];
        }),
      ),
    variance,
    freedom: Math.max(1, left * evenness(subsets, weights)),
  };
}

/** Each step counts as much as any other, however many pairs it has; 1 on average. */
function equalOverSteps({ t }: StepPairs): Float64Array {
  const counts = new Map<number, number>();
  for (const each of t) counts.set(each, (counts.get(each) ?? 0) + 1);
  return Float64Array.from(t, (each) => t.length / counts.size / (counts.get(each) ?? 1));
}

/** Of the donors' fading and the steps' indicators, with the donors' sum held at zero. Null where it is singular. */
function inverseGram(
  { donorRow, stepRow, fading }: PairModel,
  weights: Float64Array,
  donors: number,
  p: number,
): Float64Array | null {
  const gram = new Float64Array(p * p);
  for (let i = 0; i < donorRow.length; i++) {
    const [d, t] = [donorRow[i] as number, stepRow[i] as number];
    const [x, weight] = [fading[i] as number, weights[i] as number];
    gram[d * p + d] = (gram[d * p + d] as number) + weight * x ** 2;
    gram[t * p + t] = (gram[t * p + t] as number) + weight;
    for (const at of [d * p + t, t * p + d]) gram[at] = (gram[at] as number) + weight * x;
  }
  const scale = (2 * donorRow.length) / p;
  for (let a = 0; a < donors; a++)
    for (let b = 0; b < donors; b++) gram[a * p + b] = (gram[a * p + b] as number) + scale;
  return inverseOf(gram, p, 1e-6 * Math.sqrt(scale));
}
