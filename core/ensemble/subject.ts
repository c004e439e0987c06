import type { Losses } from '../selection/measured.ts';
import { objectiveOf } from '../selection/measured.ts';
import { replicatesOf, resample } from '../selection/resample.ts';
import { rankedModels, sizeClasses } from './compositions.ts';
import type { EnsembleData } from './data.ts';
import { budgetsOf, randomOrders } from './random-orders.ts';
import type { Drawn } from './random-pools.ts';
import type { EnsembleModel } from './types.ts';

export const BILLION = 1e9;

/** The pool, ready to be looked at as a whole and without some of its models. */
export interface Subject extends Drawn {
  readonly data: EnsembleData;
  readonly models: readonly EnsembleModel[];
  readonly cancelled: (() => boolean) | undefined;
}

export function subjectOf(data: EnsembleData, cancelled: (() => boolean) | undefined): Subject {
  const models = data.pool.map((m) => data.models[m] as EnsembleModel);
  const sizes = models.map(({ parameters }) => parameters.total / BILLION);
  const rows = data.pool.map((m) => data.rows[m] as Losses);
  return {
    data,
    models,
    rows,
    sizes,
    classes: sizeClasses(sizes),
    ranked: rankedModels(rows),
    budgets: budgetsOf(sizes),
    orders: randomOrders(sizes.length, data.seed),
    cancelled,
  };
}

/** Nats per byte. */
export function objectives(rows: readonly Losses[], { weights }: EnsembleData): number[] {
  return rows.map((row) => objectiveOf(row, weights));
}

/** Variances need fewer replicates than percentiles; and additions that those of all rows may cost. */
const REPLICATES = 400;
const MOST_WORK = 1e9;

/** Paired replicates of each row, shape (R). */
export function columnsOf(rows: readonly Losses[], { samples, weights, seed }: EnsembleData): Float64Array[] {
  const affordable = Math.floor(MOST_WORK / (rows.length * samples.tokens.length));
  const replicates = Math.max(200, Math.min(REPLICATES, affordable));
  return replicatesOf(rows, samples, weights, resample(samples, seed, replicates));
}
