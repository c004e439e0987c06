import { NO_BUDGET } from '../../planning/budget.ts';
import type { Saving } from '../../planning/margin.ts';
import { makePlanning, type PlannedLoss, type PlannedSize, type Planning } from '../../planning/planning.ts';
import type { Losses } from '../../selection/measured.ts';
import type { MadeCell } from '../against-best.ts';
import { type CellDifference, cellDifferences, differenceAt } from '../cell-differences.ts';
import type { Context } from '../context.ts';
import type { Estimated, ReportSize } from '../report.ts';

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
  permutations: readonly (readonly number[])[] | null,
): Planning {
  const { budget } = context.input.experiment;
  const places = sizes.flatMap(({ size, made }) => {
    const k = made.cell.curves[0]?.recommended_k?.k;
    return k === undefined ? [] : [{ size: size.name, k }];
  });
  const saving: Saving = (from, to) => {
    const [a, b] = [from, to].map((place) => sizes.find(({ size }) => size.name === place.size));
    if (!a || !b) return null;
    return a === b ? gain(a, from.k) : betweenSizes(context, a, b, from.k, permutations);
  };
  return makePlanning(sizes.map(plannedSize), budget ?? NO_BUDGET, places, saving);
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

/** L(k) − L(k + 1): the curve's own, as everywhere else. From the base: that of the first step. */
function gain({ size, base, made }: SizeToPlan, k: number): Estimated | null {
  const curve = made.cell.curves[0];
  const found = curve?.marginal_gain?.find((each) => each.k === k);
  if (found) return { value: found.gain, low: found.low, high: found.high };
  const first = curve?.points.find((point) => point.k === k + 1);
  if (k !== 0 || !base || !size.base || !first) return null;
  return { value: size.base.objective.value - first.mean, low: null, high: null };
}

/** What the same number of experts saves at another size: on the subsets that both have merged, and the same samples. */
function betweenSizes(
  context: Context,
  from: SizeToPlan,
  to: SizeToPlan,
  k: number,
  permutations: readonly (readonly number[])[] | null,
): Estimated | null {
  const [found] = cellDifferences(context, from.made, to.made, k);
  if (!found || contradicts(found, [from, to])) {
    const [a, b] = [from, to].map((each) => plannedSize(each).losses.find((one) => one.k === k)?.loss);
    return a && b ? difference(a, b) : null;
  }
  return differenceAt(context, found, permutations);
}

/** Plain means beside a curve of assisted ones, where one size has come further than the other. */
function contradicts(
  { point: { k, exhaustive }, means }: CellDifference,
  sizes: readonly SizeToPlan[],
): boolean {
  return means === 'plain' && !exhaustive && sizes.some(({ made }) => made.assisted?.byK.has(k));
}

/** As if their errors were independent: losses on the same samples err alike, so that the interval is wide on purpose. */
function difference(a: Estimated, b: Estimated): Estimated {
  const value = a.value - b.value;
  const reach = (from: Estimated, to: number | null, other: Estimated, end: number | null) =>
    to === null || end === null ? null : Math.hypot(from.value - to, other.value - end);
  const [below, above] = [reach(a, a.low, b, b.high), reach(a, a.high, b, b.low)];
  return { value, low: below === null ? null : value - below, high: above === null ? null : value + above };
}
