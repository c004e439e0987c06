/** Models as they are: the base and the experts of each size, scored beside their merges. */
import { influence, type Losses, objectiveOf } from '../selection/measured.ts';
import { sampleVariance } from '../selection/sample-variance.ts';
import { isUnmerged, type PlanLine } from '../store/format.ts';
import type { Context, Unscored } from './context.ts';
import { estimatedBy } from './estimated.ts';
import type { ReportInput } from './input.ts';
import type { Rows } from './merges.ts';
import type { Estimated, ReportSize, Unmerged } from './report.ts';

/** Rows of one size, null while not scored. */
export function unmergedOf({ plan }: ReportInput, size: string, rows: Rows): Unscored {
  const lines = plan.lines.filter(
    (line) => isUnmerged(line) && line.size === size && line.reference === undefined,
  );
  const rowOf = (line: PlanLine | undefined): Losses | null => (line ? rows.get(line.key) : null);
  return {
    base: rowOf(lines.find(({ subset }) => subset.length === 0)),
    experts: plan.header.pool.map((name) =>
      rowOf(lines.find(({ subset }) => subset.length === 1 && subset[0] === name)),
    ),
  };
}

export function reportSize(context: Context, name: string, unmerged: Unscored): ReportSize {
  const { plan, experiment, geometry } = context.input;
  return {
    name,
    declared: !(experiment.sizes.length === 1 && experiment.sizes[0]?.name === 'default'),
    parameters: plan.header.sizes[name]?.parameters ?? 0,
    base: unmerged.base && reportUnmerged(context, unmerged.base),
    experts: unmerged.experts.map((row) => row && reportUnmerged(context, row)),
    geometry: geometry?.get(name) ?? null,
  };
}

function reportUnmerged(context: Context, row: Losses): Unmerged {
  return { objective: objectiveEstimate(context, row), domains: [...row.domains] };
}

function objectiveEstimate(context: Context, row: Losses): Estimated {
  const { samples, weights } = context;
  return estimatedBy(context, objectiveOf(row, weights), () =>
    sampleVariance([influence(row, samples, weights)], samples),
  );
}
