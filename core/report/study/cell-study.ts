import { maskNoise } from '../../law/spread/mask-noise.ts';
import { orderSpread, spreadOfOrders } from '../../law/spread/order-spread.ts';
import { spreadLaw } from '../../law/spread/spread-law.ts';
import { baselines } from '../../selection/baselines.ts';
import { foldsIn } from '../../selection/folds.ts';
import { type Measured, objectiveOf } from '../../selection/measured.ts';
import { type Neighbours, neighbours } from '../../selection/neighbours.ts';
import { type CandidatePool, candidatePools, poolCurves } from '../../selection/pools/candidate-pools.ts';
import { withIntervals } from '../../selection/pools/pool-intervals.ts';
import { ownExperts, synergy } from '../../selection/synergy.ts';
import { synergyBlocks } from '../../selection/synergy-blocks.ts';
import { transfer } from '../../selection/transfer.ts';
import { typicalPoints } from '../../selection/typical.ts';
import type { MadeCell } from '../against-best.ts';
import type { Context, Unscored } from '../context.ts';
import { membersAt } from '../merge-table.ts';
import type { WeightedMerge } from '../weighted.ts';
import { makePredicted } from './predicted.ts';
import { makeReturns } from './returns.ts';
import { makeStepStudy } from './step.ts';
import type { CellStudy } from './study.ts';

/** Null where nothing is measured. @throws Cancelled */
export function makeCellStudy(
  context: Context,
  made: MadeCell,
  unmerged: Unscored,
  permutations: readonly (readonly number[])[] | null,
  weighted: readonly WeightedMerge[],
): CellStudy | null {
  const { measured, allowed, cell } = made;
  if (allowed.length === 0) return null;
  const { samples, weights, options, input, resamples, foldings, seed, required } = context;
  const pool = input.plan.header.pool.length;
  const own = ownExperts(input.plan.header.pool, samples.domains);
  const cancelled = options.cancelled ? { cancelled: options.cancelled } : {};
  const shared = { measured, pool, samples, weights, stage: options.stage, ...cancelled };
  const found = synergy({ ...shared, own, permutations });
  const recommended = cell.selection?.recommended?.members.join();
  const at = allowed.findIndex(({ members }) => members.join() === recommended);
  const tied = new Map(cell.selection?.chosen.map(({ k, tied: like }) => [k, like ?? 1]));
  const orders = permutations ? orderSpread(trajectories(context, measured, permutations)) : [];
  return {
    synergy: found,
    blocks: synergyBlocks(found, seed, options.cancelled),
    transfer: transfer({ ...shared, base: unmerged.base, own, permutations: permutations !== null }),
    neighbours:
      at < 0
        ? null
        : allowedNeighbours(
            neighbours({ ...shared, measured: allowed, base: unmerged.base, resamples }, at),
            required,
          ),
    baselines: baselines({ ...shared, folds: foldsIn(foldings, 0), required, tied }),
    pools: poolsOf(context, made),
    spread: spreadLaw(permutations ? spreadOfOrders(orders) : spreadOfSubsets(context, made), pool),
    orders,
    returns: makeReturns(context, made),
    mask_noise: maskNoise(seeded(made)),
    step: makeStepStudy(context, made, unmerged, permutations),
    predicted: makePredicted(context, made, unmerged, weighted),
  };
}

function poolsOf(context: Context, { allowed, data, cell }: MadeCell): readonly CandidatePool[] {
  const [own] = data;
  const form = cell.curves[0]?.form;
  if (!own || !form) return [];
  const { samples, weights, resamples, input, options, required } = context;
  const pool = input.plan.header.pool.length;
  // Plain means on both sides of each difference, whatever the typical curve rests on.
  const whole = typicalPoints(allowed, pool, samples, required.length);
  const curve = { ...own, mean: Float64Array.from(whole, ({ losses }) => objectiveOf(losses, weights)) };
  const { goal } = input.experiment.goals;
  const { cancelled } = options;
  const asked = {
    ...{ curve, weights, form: form === 'three_point' ? 'signed' : form, goal },
    ...(cancelled ? { cancelled } : {}),
  } as const;
  const curves = poolCurves(allowed, pool, samples, required, cancelled);
  const pools = candidatePools(curves, asked);
  if (!resamples) return pools;
  return withIntervals(pools, curves, asked, { measured: allowed, samples, resamples, whole });
}

/** An expert that the goals require cannot go. */
function allowedNeighbours({ drop, add }: Neighbours, required: readonly number[]): Neighbours {
  return { drop: drop.filter(({ expert }) => !required.includes(expert)), add };
}

/** Of the whole pool. */
function spreadOfSubsets(
  { input, samples, weights }: Context,
  { measured }: MadeCell,
): Parameters<typeof spreadLaw>[0] {
  const points = typicalPoints(measured, input.plan.header.pool.length, samples);
  return points.flatMap(({ k, entries, of }) => {
    const losses = entries.map(({ index }) => objectiveOf(measured[index] as Measured, weights));
    const n = losses.length;
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / n;
    const squares = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0);
    return n < 2 ? [] : [{ k, variance: squares / (n - 1), subsets: n, of }];
  });
}

/** Losses along each permutation: its first 1, 2, 3, ... experts; null where that is not measured. */
function trajectories(
  { weights }: Context,
  measured: readonly Measured[],
  permutations: readonly (readonly number[])[],
): (number | null)[][] {
  const losses = new Map(measured.map((row) => [row.members.join(), objectiveOf(row, weights)]));
  return permutations.map((order) =>
    order.map(
      (_, i) =>
        losses.get(
          order
            .slice(0, i + 1)
            .toSorted((a, b) => a - b)
            .join(),
        ) ?? null,
    ),
  );
}

/** Every merge of a random method. */
function seeded({ cell: { merges, seeds } }: MadeCell): Parameters<typeof maskNoise>[0] {
  if (seeds.length < 2) return [];
  return Array.from(merges.objective, (loss, i) => {
    const members = membersAt(merges, i);
    return { k: members.length, subset: members.join(), seed: merges.seed[i] as number, loss };
  });
}
