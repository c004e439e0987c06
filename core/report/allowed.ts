/** What the goals leave: everything that a report says is about the subsets that they allow. */
import { nameList } from '../../words/plain.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { vectorsOf } from '../geometry/task-vectors.ts';
import type { Measured } from '../selection/measured.ts';
import type { ReportInput } from './input.ts';
import type { CellMerges } from './merges.ts';

/** The input as if the file did not name the experts that the goals exclude. Itself where there are none. */
export function withoutExcluded(input: ReportInput): ReportInput {
  const { experiment, plan, geometry } = input;
  const isLeft = leftBy(experiment);
  if (plan.header.pool.every(isLeft)) return input;
  const { sweep } = experiment;
  const left = plan.header.pool.flatMap((expert, d) => (isLeft(expert) ? [d] : []));
  return {
    ...input,
    experiment: {
      ...experiment,
      pool: experiment.pool.filter(isLeft),
      sweep: { ...sweep, k: sweep.k.filter((k) => k <= left.length) },
    },
    plan: {
      ...plan,
      header: { ...plan.header, pool: plan.header.pool.filter(isLeft) },
      lines: plan.lines.filter(({ subset }) => subset.every(isLeft)),
    },
    ...(geometry && {
      geometry: new Map([...geometry].map(([size, vectors]) => [size, vectorsOf(vectors, left)])),
    }),
  };
}

/** Of the merges of a whole pool those of the experts that are left, numbered as in their pool. */
export function mergesWithout(merges: CellMerges, { experiment, plan }: ReportInput): CellMerges {
  const isLeft = leftBy(experiment);
  if (plan.header.pool.every(isLeft)) return merges;
  const places = placesIn(plan.header.pool, isLeft);
  return {
    ...merges,
    points: merges.points.flatMap((point) => renumbered(point, places)),
    measured: merges.measured.flatMap((row) => renumbered(row, places)),
  };
}

/** The experts that every allowed subset holds: indices into the pool. */
export function requiredIn({ experiment, plan }: ReportInput): readonly number[] {
  return experiment.goals.must_include
    .map((expert) => plan.header.pool.indexOf(expert))
    .sort((a, b) => a - b);
}

/** Those with all of the required experts. */
export function withRequired<Row extends Pick<Measured, 'members'>>(
  rows: readonly Row[],
  required: readonly number[],
): readonly Row[] {
  return required.length === 0
    ? rows
    : rows.filter(({ members }) => required.every((d) => members.includes(d)));
}

/** Orders of a whole pool as far as they keep to the experts that are left, numbered as in their pool. */
export function ordersWithout(
  orders: readonly (readonly number[])[],
  { experiment, plan }: ReportInput,
): readonly (readonly number[])[] {
  const places = placesIn(plan.header.pool, leftBy(experiment));
  return orders.map((order) => {
    const end = order.findIndex((d) => places[d] === -1);
    return order.slice(0, end < 0 ? order.length : end).map((d) => places[d] as number);
  });
}

function leftBy({ goals }: Experiment): (expert: string) => boolean {
  const excluded = new Set(goals.must_exclude);
  return (expert) => !excluded.has(expert);
}

/** For each expert its index among those that are left, or −1. */
function placesIn(pool: readonly string[], isLeft: (expert: string) => boolean): readonly number[] {
  let next = 0;
  return pool.map((expert) => (isLeft(expert) ? next++ : -1));
}

/** None where it has an expert that is not left. */
function renumbered<Row extends Pick<Measured, 'members'>>(row: Row, places: readonly number[]): Row[] {
  const members = row.members.map((d) => places[d] ?? -1);
  return members.includes(-1) ? [] : [{ ...row, members }];
}

/** Whether the goals leave any subset out. */
export function isRestricted({ goals }: Experiment): boolean {
  return goals.must_include.length + goals.must_exclude.length > 0;
}

/** What a report is about, where the goals leave subsets out. */
export function allowedSentence({ goals }: Experiment): string {
  const { must_include: include, must_exclude: exclude } = goals;
  const parts = [
    include.length > 0 ? `with ${nameList(include)}` : '',
    exclude.length > 0 ? `without ${nameList(exclude)}` : '',
  ].filter(Boolean);
  return parts.length === 0
    ? ''
    : `Every number here, the law's too, is about subsets ${parts.join(' and ')}, as the goals ask.`;
}
