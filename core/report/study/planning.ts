import {
  makePlanning,
  NO_BUDGET,
  type PlannedLoss,
  type PlannedSize,
  type Planning,
  type Saving,
} from '../../planning/planning.ts';
import type { Variance } from '../../selection/estimated.ts';
import { pooledFreedom } from '../../selection/freedom.ts';
import { differenceVariance, influence, type Losses } from '../../selection/measured.ts';
import { sampleFreedom } from '../../selection/samples.ts';
import { subsetError } from '../../selection/subset-error.ts';
import { typicalPoints } from '../../selection/typical.ts';
import type { MadeCell } from '../against-best.ts';
import type { Context } from '../context.ts';
import type { Estimated, ReportSize } from '../report.ts';
import { estimated } from '../select.ts';

/** Of weights that are served: bfloat16. */
const BYTES_PER_PARAMETER = 2;

/** One size under the method that the report answers for. */
export interface SizeToPlan {
  readonly size: ReportSize;
  readonly base: Losses | null;
  readonly made: MadeCell;
}

/** Where money goes: every size and k that is measured or follows from a law, under the experiment's budget. */
export function makeReportPlanning(
  context: Context,
  sizes: readonly SizeToPlan[],
  at: { readonly size: string; readonly k: number } | null,
  permutations: readonly (readonly number[])[] | null,
): Planning {
  const planned = sizes.map(plannedSize);
  const { budget } = context.input.experiment;
  return makePlanning(planned, budget ?? NO_BUDGET, at, savingBetween(context, sizes, planned, permutations));
}

function plannedSize({ size, made }: SizeToPlan): PlannedSize {
  const curve = made.cell.curves[0];
  const byK = new Map<number, PlannedLoss>();
  if (size.base) byK.set(0, { k: 0, loss: size.base.objective, measured: true });
  for (const { k, loss, low, high } of curve?.forecast ?? [])
    if (k >= 1) byK.set(k, { k, loss: { value: loss, low, high }, measured: false });
  for (const { k, mean, low, high } of curve?.points ?? [])
    byK.set(k, { k, loss: { value: mean, low, high }, measured: true });
  const losses = [...byK.values()].sort((a, b) => a.k - b.k);
  const { name, parameters } = size;
  return { name, parameters, memory_bytes: parameters * BYTES_PER_PARAMETER, losses };
}

/** A loss with the errors that it does not share with others: those from subsets that were not merged. */
interface Place {
  readonly losses: Losses;
  readonly subsets: Variance | null;
}

function savingBetween(
  context: Context,
  sizes: readonly SizeToPlan[],
  planned: readonly PlannedSize[],
  permutations: readonly (readonly number[])[] | null,
): Saving {
  const { samples, weights } = context;
  return (from, to): Estimated | null => {
    const [a, b] = [from, to].map(({ size, k }) => {
      const index = sizes.findIndex((each) => each.size.name === size);
      const known = planned[index]?.losses.find((each) => each.k === k);
      const one = sizes[index];
      return known && one ? { value: known.loss.value, place: placeOf(context, one, k, permutations) } : null;
    });
    if (!a || !b) return null;
    const value = a.value - b.value;
    if (!a.place || !b.place) return { value, low: null, high: null };
    const fromSamples = {
      variance: differenceVariance(
        influence(a.place.losses, samples, weights),
        influence(b.place.losses, samples, weights),
      ),
      freedom: sampleFreedom(samples, weights),
    };
    if (!a.place.subsets || !b.place.subsets) return estimated(context, value, null, 1);
    const sources = [fromSamples, a.place.subsets, b.place.subsets];
    const variance = sources.reduce((sum, source) => sum + source.variance, 0);
    return estimated(context, value, variance, pooledFreedom(sources));
  };
}

/** Null where it is not measured. */
function placeOf(
  context: Context,
  { base, made }: SizeToPlan,
  k: number,
  permutations: readonly (readonly number[])[] | null,
): Place | null {
  const exact: Variance = { variance: 0, freedom: Number.POSITIVE_INFINITY };
  if (k === 0) return base && { losses: base, subsets: exact };
  const { samples, weights, input } = context;
  const pool = input.plan.header.pool.length;
  const measured = made.measured.filter(({ members }) => members.length === k);
  const [point] = typicalPoints(measured, pool, samples);
  if (!point) return null;
  if (point.exhaustive) return { losses: point.losses, subsets: exact };
  const error = subsetError([point], measured, pool, samples, weights, permutations);
  const variance = error?.clusters.reduce((sum, u) => sum + (u[0] as number) ** 2, 0);
  return {
    losses: point.losses,
    subsets: error && variance !== undefined ? { variance, freedom: error.freedom[0] as number } : null,
  };
}
