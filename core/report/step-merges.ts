import { isTuned } from '../design/step-design.ts';
import type { Losses } from '../selection/measured.ts';
import type { AtScale } from '../selection/tuned-subset.ts';
import type { PlanLine } from '../store/format.ts';
import { scalesOf } from '../store/method-scales.ts';
import type { ReportInput } from './input.ts';
import type { Rows } from './merges.ts';

/** One subset of a tuned method at all its scales. */
export interface ScaledSubset {
  /** Indices into the pool, ascending. */
  readonly members: readonly number[];
  /** At the scale of the sweep. */
  readonly own: Losses;
  /** Ascending by scale, its own among them; without the base. */
  readonly merges: readonly AtScale[];
  /** The plan has a merge of it where it was best. */
  readonly followed: boolean;
}

/** The subsets that a plan tunes for one size and method, as far as nothing of them is still to come; k ascending. */
export function scaledSubsets(input: ReportInput, size: string, method: number, rows: Rows): ScaledSubset[] {
  const { plan, experiment } = input;
  const declared = experiment.methods[method];
  const spec = plan.header.methods[method];
  if (!declared || !spec || !isTuned(declared)) return [];
  const scales = scalesOf(plan.header, spec);
  const lines = plan.lines.filter(
    (line) => line.size === size && line.method !== null && scales.has(line.method),
  );
  const stepped = lines.filter(({ purpose }) => purpose.includes('step'));
  const wanted = new Map(stepped.map((line) => [nameOf(line), [] as PlanLine[]]));
  for (const line of lines) wanted.get(nameOf(line))?.push(line);
  return [...wanted.values()]
    .flatMap((group) => scaledSubset(group, method, scales, plan.header.pool, rows) ?? [])
    .sort((a, b) => a.members.length - b.members.length);
}

function nameOf({ subset, seed }: PlanLine): string {
  return JSON.stringify([subset, seed]);
}

function scaledSubset(
  lines: readonly PlanLine[],
  method: number,
  scales: ReadonlyMap<number, number>,
  pool: readonly string[],
  rows: Rows,
): ScaledSubset | null {
  const merges: AtScale[] = [];
  let own: Losses | null = null;
  for (const line of lines) {
    const losses = rows.get(line.key);
    const isStep = line.purpose.includes('step');
    if (!losses) {
      if (isStep && !rows.failed(line.key)) return null;
      continue;
    }
    if (line.method === method) own = losses;
    merges.push({ scale: scales.get(line.method ?? -1) ?? 0, losses });
  }
  if (!own) return null;
  const members = (lines[0]?.subset ?? []).map((name) => pool.indexOf(name)).sort((a, b) => a - b);
  return {
    members,
    own,
    merges: merges.sort((a, b) => a.scale - b.scale),
    followed: lines.some(({ purpose }) => purpose.includes('verify')),
  };
}
