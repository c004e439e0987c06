import { throwIfCancelled } from '../law/cancelled.ts';
import { crossFit } from '../selection/chosen.ts';
import { FOLDS } from '../selection/folds.ts';
import type { Losses } from '../selection/measured.ts';
import { type Chooser, type ChosenPool, chooserOf } from './choose-pools.ts';
import type { EnsembleData } from './data.ts';
import { costsOf } from './limits.ts';
import { lowestMixtureOf } from './lowest-mixture.ts';
import { mixtureOf } from './mixture.ts';
import { lossesOf, oracleOf, perNat } from './rows.ts';
import type { EnsembleModel, PoolGoal } from './types.ts';

/** Ten folds, of which none is shown: the best pool is nearly always found long before it is proven. */
const EFFORT_OF_FOLD = 1.5e6;

export interface CrossFitted {
  readonly limit: PoolGoal;
  /** On all samples; members are indices into `data.pool`. */
  readonly chosen: ChosenPool;
  /** What was best on the other folds, by fold. */
  readonly withoutFold: readonly (readonly number[])[];
  /** Each sample scored by the pool that was best on the other folds. */
  readonly crossFitted: Losses;
  /** Chosen by its mixture among the pools that were found, and scored by it alike; null where only single models fit. */
  readonly mixed: { readonly members: readonly number[]; readonly crossFitted: Losses } | null;
}

/** The best pool within each limit that at least one model keeps, and what choosing it is worth on other samples. */
export function crossFitPools(
  data: EnsembleData,
  limits: readonly PoolGoal[],
  cancelled?: () => boolean,
): CrossFitted[] {
  const rows = data.pool.map((m) => data.rows[m] as Losses);
  const costs = data.pool.map((m) => costsOf(data.models[m] as EnsembleModel));
  const choose: Chooser = chooserOf(costs, limits);
  const chooseOn = (scale: Float64Array, effort?: number) => {
    const pools = choose(rows, scale, effort);
    return { pools, mixed: lowestMixtureOf(pools, rows, costs, scale) };
  };
  const onAll = chooseOn(perNat(data));
  const withoutFold = Array.from({ length: FOLDS }, (_, fold) => {
    throwIfCancelled(cancelled);
    return chooseOn(scaleWithout(fold, data), EFFORT_OF_FOLD);
  });
  const crossFitted = (rowWithout: (fold: number) => Losses) => {
    const byFold = withoutFold.map((_, fold) => rowWithout(fold));
    return crossFit((fold) => byFold[fold] as Losses, data.samples, data.folds);
  };
  return limits.flatMap((limit, i) => {
    const best = onAll.pools[i];
    if (!best) return [];
    const mixed = onAll.mixed(limit);
    const members = (fold: number) => (withoutFold[fold]?.pools[i] ?? best).members;
    const mixedMembers = (fold: number) => withoutFold[fold]?.mixed(limit) ?? mixed ?? [];
    return [
      {
        limit,
        chosen: best,
        withoutFold: withoutFold.map((_, fold) => members(fold)),
        crossFitted: crossFitted((fold) => poolRow(members(fold), rows, data)),
        mixed: mixed && {
          members: mixed,
          crossFitted: crossFitted((fold) => mixtureRow(mixedMembers(fold), rows, data)),
        },
      },
    ];
  });
}

/** The best of several rows, each sample scored by the one that is best on the other folds. */
export function crossFitBest(
  rows: readonly Losses[],
  data: EnsembleData,
): { readonly row: Losses; readonly among: number } {
  const best = Array.from({ length: FOLDS }, (_, fold) => {
    const scale = scaleWithout(fold, data);
    const loss = ({ nll }: Losses) => scale.reduce((sum, share, s) => sum + share * (nll[s] as number), 0);
    return rows.reduce((least, row) => (loss(row) < loss(least) ? row : least));
  });
  const row = crossFit((fold) => best[fold] as Losses, data.samples, data.folds);
  return { row, among: new Set(best).size };
}

function mixtureRow(members: readonly number[], rows: readonly Losses[], { samples }: EnsembleData): Losses {
  return lossesOf(mixtureOf(members.map((m) => rows[m] as Losses)), samples);
}

export function poolRow(
  members: readonly number[],
  rows: readonly Losses[],
  { samples }: EnsembleData,
): Losses {
  return lossesOf(oracleOf(members.map((m) => rows[m] as Losses)), samples);
}

/**
 * What each sample outside the fold counts, as if there were no others; a domain wholly inside has no say, and where that
 * leaves none, all samples speak.
 */
function scaleWithout(fold: number, data: EnsembleData): Float64Array {
  const { samples, weights, folds } = data;
  const scale = new Float64Array(samples.tokens.length);
  for (let d = 0; d < weights.length; d++) {
    const [from, to] = [samples.start[d] as number, samples.start[d + 1] as number];
    let left = 0;
    for (let s = from; s < to; s++) if (folds[s] !== fold) left += samples.tokens[s] as number;
    for (let s = from; s < to; s++) if (folds[s] !== fold) scale[s] = (weights[d] as number) / left;
  }
  return scale.some((each) => each > 0) ? scale : perNat(data);
}
