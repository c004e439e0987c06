import { throwIfCancelled } from '../law/cancelled.ts';
import { estimatedFrom } from '../selection/estimated.ts';
import { type Losses, objectiveOf } from '../selection/measured.ts';
import type { EnsembleData } from './data.ts';
import { FEWEST_GROUPS, type Groups, jackknifeVariance } from './left-out.ts';
import { randomOrders } from './random-orders.ts';
import { combination, errorOf, estimateInBits, lossesOf, minus, oracleOf } from './rows.ts';
import type { Subject } from './subject.ts';
import type { EnsembleModel, Heterogeneous } from './types.ts';

/** A mixed pool is to use at least this part of the parameters of the one that it is held against; it never has more. */
const LEAST_USED = 0.9;

/** Each of its models is of about the size of one there. */
const LARGEST_RATIO = 1.5;

/** Pairs of one family, and of all; values that all may look at; and orders that are searched for one. */
const MOST_OF_FAMILY = 60;
const MOST_PAIRS = 240;
const MOST_WORK = 8e7;
const MOST_TURNS = 40;

interface FamilySaving {
  readonly family: string;
  /** Single-family pool minus mixed pool, mean over pairs. */
  readonly saving: Losses;
  readonly pairs: number;
}

/**
 * Pools of one family against pools of several with as many models of about the same sizes and no more parameters in
 * all: what mixing saves, averaged over families. (With more models, or sizes shared out otherwise, noise and the law
 * of single models would speak for mixing.) Null where no family has two models, or none can be matched.
 */
export function heterogeneousOf({ data, rows, cancelled }: Subject, leftOut: Groups): Heterogeneous | null {
  const orders = randomOrders(rows.length, data.seed ^ 1).map((order) => [...order]);
  const savings = (without: ReadonlySet<number>) => {
    throwIfCancelled(cancelled);
    return familySavings(
      data,
      rows,
      orders.map((order) => order.filter((m) => !without.has(m))),
    );
  };
  const meanOf = (families: readonly FamilySaving[]) =>
    combination(
      families.map(({ saving }) => saving),
      families.map(() => 1 / families.length),
      data.samples,
    );
  const families = savings(new Set());
  if (families.length === 0) return null;
  const saving = meanOf(families);
  const worth = (row: Losses) => objectiveOf(row, data.weights);
  const estimate = (row: Losses, without: readonly (number | null)[]) =>
    estimateInBits(
      estimatedFrom(worth(row), [errorOf(row, data.samples, data.weights), jackknifeVariance(without)]),
    );
  const withoutModels = leftOut.models.groups.map(savings);
  const byFamilies = leftOut.families.groups.length >= FEWEST_GROUPS;
  const judge = byFamilies ? leftOut.families : leftOut.models;
  const without = byFamilies ? leftOut.families.groups.map(savings) : withoutModels;
  return {
    saving: estimate(
      saving,
      without.map((left) => (left.length > 0 ? worth(meanOf(left)) : null)),
    ),
    left_out: { count: judge.groups.length, kind: judge.kind },
    pairs: families.reduce((sum, { pairs }) => sum + pairs, 0),
    families: families.map(({ family, saving: own, pairs }) => ({
      family,
      saving: estimate(
        own,
        withoutModels.map((left) => {
          const found = left.find((one) => one.family === family);
          return found ? worth(found.saving) : null;
        }),
      ),
      pairs,
    })),
  };
}

function familySavings(
  data: EnsembleData,
  rows: readonly Losses[],
  orders: readonly (readonly number[])[],
): FamilySaving[] {
  const models = data.pool.map((m) => data.models[m] as EnsembleModel);
  const sizes = models.map(({ parameters }) => parameters.total);
  const present = orders[0] ?? [];
  const families = [...new Set(present.map((m) => models[m]?.family ?? ''))];
  return families.flatMap((family) => {
    const pairs = matchedPools(family, models, sizes, orders, {
      pairs: Math.min(MOST_OF_FAMILY, Math.max(2, Math.floor(MOST_PAIRS / families.length))),
      values: MOST_WORK / families.length / data.samples.tokens.length,
    });
    if (pairs.length === 0) return [];
    const oracle = (pool: readonly number[]) =>
      lossesOf(oracleOf(pool.map((m) => rows[m] as Losses)), data.samples);
    const mean = (which: 0 | 1) =>
      combination(
        pairs.map((pair) => oracle(pair[which])),
        pairs.map(() => 1 / pairs.length),
        data.samples,
      );
    return [{ family, saving: minus(mean(0), mean(1), data.samples), pairs: pairs.length }];
  });
}

/** Pools of the family, two models and more, each with one of several families that has as many and fills its parameters. */
function matchedPools(
  family: string,
  models: readonly EnsembleModel[],
  sizes: readonly number[],
  orders: readonly (readonly number[])[],
  most: { readonly pairs: number; readonly values: number },
): [readonly number[], readonly number[]][] {
  const sum = (pool: readonly number[]) => pool.reduce((total, m) => total + (sizes[m] as number), 0);
  const pairs: [readonly number[], readonly number[]][] = [];
  let work = 0;
  for (const [i, order] of orders.entries()) {
    const own = order.filter((m) => models[m]?.family === family);
    if (own.length < 2) return [];
    if (pairs.length >= most.pairs || work >= most.values) break;
    const pool = own.slice(0, 2 + (i % (own.length - 1)));
    const budget = sum(pool);
    // The order that lies farthest, so that the two draws have little to do with each other.
    for (let turn = 0; turn < Math.min(MOST_TURNS, orders.length); turn++) {
      const other = orders[(i + turn + (orders.length >> 1)) % orders.length] ?? [];
      const mixed = likeSized(pool, other, sizes);
      const several = new Set(mixed.map((m) => models[m]?.family)).size > 1;
      const used = sum(mixed) / budget;
      if (!several || mixed.length < pool.length || used < LEAST_USED || used > 1 + 1e-9) continue;
      pairs.push([pool, mixed]);
      work += pool.length + mixed.length;
      break;
    }
  }
  return pairs;
}

/** For each model of the pool the first one of about its size that is not taken; fewer where there is none. */
function likeSized(pool: readonly number[], order: readonly number[], sizes: readonly number[]): number[] {
  const taken = new Set<number>();
  for (const m of pool) {
    const size = sizes[m] as number;
    const found = order.find((other) => {
      const ratio = (sizes[other] as number) / size;
      return !taken.has(other) && ratio <= LARGEST_RATIO && ratio >= 1 / LARGEST_RATIO;
    });
    if (found !== undefined) taken.add(found);
  }
  return [...taken];
}
