import { throwIfCancelled } from '../law/cancelled.ts';
import { type Estimated, estimatedFrom, twoSidedP, type Variance } from '../selection/estimated.ts';
import { influence } from '../selection/measured.ts';
import { sampleVariance } from '../selection/sample-variance.ts';
import type { EnsembleData } from './data.ts';
import type { Numbers } from './law-numbers.ts';
import { jackknifeVariance } from './left-out.ts';

/** Numbers of a law with everything that their errors come from. */
export interface JudgedNumbers {
  readonly value: Numbers;
  readonly replicates: readonly Numbers[];
  /** Without each part of the random orders; none where nothing is drawn. */
  readonly withoutOrders: readonly Numbers[];
  /** One each for what is left out; none where models are taken as they are. */
  readonly withoutModels: readonly Numbers[];
  readonly withoutFamilies: readonly Numbers[];
}

/** What counts beside samples and orders: which models or families there are, or nothing. */
export type Errors = 'points' | 'models' | 'families';

/**
 * The number with the error from resampled samples and, where there are any, from random orders and left-out models or families. Ends
 * are null where a replicate has no such number.
 */
export function estimateOf(
  name: string,
  judged: JudgedNumbers,
  data: EnsembleData,
  errors: Errors,
): Estimated | null {
  const value = judged.value.get(name);
  return value === undefined ? null : estimatedFrom(value, sourcesOf(name, judged, data, errors));
}

/** Probability of a number at least as far from zero where it is zero for these very models. Null where its error is not known. */
export function ownP(name: string, judged: JudgedNumbers, data: EnsembleData): number | null {
  return twoSidedP(judged.value.get(name) ?? 0, sourcesOf(name, judged, data, 'points'));
}

function sourcesOf(
  name: string,
  judged: JudgedNumbers,
  data: EnsembleData,
  errors: Errors,
): (Variance | null)[] {
  const left = {
    points: [],
    models: judged.withoutModels,
    families: judged.withoutFamilies,
  }[errors];
  return [
    replicateVariance(name, judged.replicates, data),
    ...[judged.withoutOrders, left]
      .filter(({ length }) => length > 0)
      .map((without) => jackknifeVariance(without.map((numbers) => numbers.get(name)))),
  ];
}

function replicateVariance(
  name: string,
  replicates: readonly Numbers[],
  data: EnsembleData,
): Variance | null {
  const values = replicates.flatMap((numbers) => numbers.get(name) ?? []);
  if (values.length < replicates.length || values.length < 2) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { variance, freedom: freedomOf(data) };
}

/** As the errors of the models' own losses are known. */
function freedomOf({ rows, samples, weights }: EnsembleData): number {
  return sampleVariance(
    rows.map((row) => influence(row, samples, weights)),
    samples,
  ).freedom;
}

/** Numbers of each replicate, given its losses: `columns[i]` is of point i, shape (R). */
export function replicateNumbers(
  columns: readonly Float64Array[],
  numbersOf: (losses: readonly number[]) => Numbers,
  cancelled: (() => boolean) | undefined,
): Numbers[] {
  return Array.from({ length: columns[0]?.length ?? 0 }, (_, r) => {
    if (r % 50 === 0) throwIfCancelled(cancelled);
    return numbersOf(columns.map((column) => column[r] as number));
  });
}
