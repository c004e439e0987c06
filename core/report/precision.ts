/**
 * How well the mean of each size is known, beside what `sweep.subsets` asks for: whether a run may stop. That is about
 * all subsets that the sweep draws from, whichever the goals allow.
 */
import { designOf, type SubsetDesign } from '../design/design.ts';
import type { Members } from '../design/subsets.ts';
import { halfWidth, samplesShowSpread } from '../selection/curve-error.ts';
import { influence, objectiveOf } from '../selection/measured.ts';
import { sampleVariance } from '../selection/sample-variance.ts';
import { typicalPoints } from '../selection/typical.ts';
import type { PlanLine } from '../store/format.ts';
import type { SurrogateMerge } from '../surrogate/merge.ts';
import { decidePrecision, type PrecisionDecision } from '../surrogate/precision.ts';
import { isRestricted } from './allowed.ts';
import type { Context, Unscored } from './context.ts';
import { membersAt } from './merge-table.ts';
import { progressOf, type Rows } from './merges.ts';
import type { CellPrecision, Precision, Progress } from './report.ts';
import type { SignedCell } from './study/make-study.ts';
import { stepOf } from './study/predicted.ts';

interface Kept {
  readonly signature: string;
  readonly decision: PrecisionDecision;
}

/** Judges each cell anew only when what its next look waits for is there. */
export class PrecisionMaker {
  readonly #kept = new Map<string, Kept>();
  #design: { readonly of: string; readonly design: SubsetDesign } | null = null;

  forget(): void {
    this.#kept.clear();
  }

  /** One for each cell; null where the sweep asks for no precision. */
  cell(context: Context, made: SignedCell, { base }: Unscored, rows: Rows): CellPrecision | null {
    const { experiment, plan } = context.whole;
    const asked = experiment.sweep.subsets;
    if (asked.kind !== 'precision') return null;
    const { cell } = made;
    const lines = plan.lines.filter((line) => isSwept(line, cell));
    const name = (subset: readonly string[]) => membersOf(plan.header.pool, subset).join();
    const failed = new Set(lines.filter(({ key }) => rows.failed(key)).map(({ subset }) => name(subset)));
    const design = this.#designOf(context);
    const planned = new Set(lines.map(({ subset }) => name(subset)));
    const isOpen = (members: Members) => planned.has(members.join()) && !failed.has(members.join());
    const order = orderOf(design, plan.header.pool.length, isOpen);
    const measured = measuredOf(context, made);
    const signature = JSON.stringify([plan.id, asked, [...context.weights], [...failed]]);
    const decide = () =>
      decidePrecision({
        pool: plan.header.pool.length,
        precision: asked.precision,
        atMost: asked.at_most,
        order,
        // Where the loss is no function of a sum of task vectors, the surrogate explains less, and the draw bounds the rest.
        step: stepOf(cell.spec) ?? ((k) => 1 / k),
        measured,
        base: base && objectiveOf(base, context.weights),
        seed: context.seed,
      });
    const { decision } = this.#keep(`${cell.size}/${cell.method}`, signature, measured, decide);
    return { asked: asked.precision, ...standing(context, made, decision, progressOf(lines, rows)) };
  }

  #keep(
    name: string,
    signature: string,
    measured: readonly SurrogateMerge[],
    decide: () => PrecisionDecision,
  ): Kept {
    const known = this.#kept.get(name);
    if (known?.signature === signature) {
      const there = new Set(measured.map(({ members }) => members.join()));
      const waits = known.decision.next.flat().some((members) => !there.has(members.join()));
      if (known.decision.stop !== null || waits) return known;
    }
    const kept = { signature, decision: decide() };
    this.#kept.set(name, kept);
    return kept;
  }

  #designOf({ whole: { experiment } }: Context): SubsetDesign {
    const of = JSON.stringify([experiment.pool, experiment.sweep]);
    if (this.#design?.of !== of) this.#design = { of, design: designOf(experiment) };
    return this.#design.design;
  }
}

/**
 * Of the whole experiment: precise once every cell is; null where the sweep asks for no precision.
 * @param isAsked merges beyond the sweep are still to come: nothing stops before them
 */
export function overallPrecision(
  cells: readonly { readonly precision: CellPrecision | null }[],
  isAsked: boolean,
): Precision | null {
  const each = cells.flatMap(({ precision }) => precision ?? []);
  const [first] = each;
  if (!first) return null;
  const sum = (of: (cell: CellPrecision) => number) => each.reduce((total, cell) => total + of(cell), 0);
  const isPrecise = each.every(({ stop }) => stop === 'precise');
  return {
    asked: first.asked,
    stop: isAsked || each.some(({ stop }) => stop === null) ? null : isPrecise ? 'precise' : 'at_most',
    reached: largest(each.map(({ reached }) => reached)),
    merges: sum(({ merges }) => merges),
    at_most: sum(({ at_most }) => at_most),
    samples_alone: largest(each.map(({ samples_alone }) => samples_alone)),
  };
}

/** Null as soon as one is. */
function largest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length < values.length ? null : Math.max(...known);
}

/** Of the sweep itself: what was asked for beyond it counts for nothing here. */
function isSwept({ size, method, purpose }: PlanLine, cell: SignedCell['cell']): boolean {
  const isPlanned = purpose.includes('anchor') || purpose.includes('design');
  return isPlanned && size === cell.size && method === cell.method;
}

function membersOf(pool: readonly string[], subset: readonly string[]): number[] {
  return subset.map((expert) => pool.indexOf(expert)).sort((a, b) => a - b);
}

/** By size 1 < k < M, in the order of the draw. */
function orderOf(
  { strata }: SubsetDesign,
  pool: number,
  isOpen: (members: Members) => boolean,
): ReadonlyMap<number, readonly Members[]> {
  const inner = [...strata].filter(([k]) => k > 1 && k < pool);
  return new Map(inner.map(([k, { subsets }]) => [k, subsets.map(({ members }) => members).filter(isOpen)]));
}

/** Subsets that are there with every seed. */
function measuredOf({ weights }: Context, { cell, swept }: SignedCell): SurrogateMerge[] {
  const step = stepOf(cell.spec) ?? ((k) => 1 / k);
  const seeds = new Map<string, number>();
  for (let i = 0; cell.seeds.length > 1 && i < swept.merges.count; i++) {
    const name = membersAt(swept.merges, i).join();
    seeds.set(name, (seeds.get(name) ?? 0) + 1);
  }
  return swept.measured
    .filter(({ members }) => cell.seeds.length < 2 || seeds.get(members.join()) === cell.seeds.length)
    .map((row) => ({
      members: row.members,
      step: step(row.members.length),
      loss: objectiveOf(row, weights),
    }));
}

function standing(
  context: Context,
  made: SignedCell,
  decision: PrecisionDecision,
  { done, failed, total }: Progress,
): Omit<CellPrecision, 'asked'> {
  const isOver = done + failed >= total;
  return {
    // A single expert that cannot be merged leaves every look waiting for it.
    stop: decision.stop ?? (isOver ? 'at_most' : null),
    reached: decision.reached,
    merges: done,
    at_most: total,
    samples_alone: samplesAlone(context, made),
    points: isRestricted(context.whole.experiment) ? [] : decision.points,
  };
}

/** The widest of the curve's half widths if every subset were measured; null at the points stage. */
function samplesAlone(context: Context, { swept: { measured } }: SignedCell): number | null {
  const { samples, weights, whole, options } = context;
  if (options.stage === 'points' || !samplesShowSpread(samples, weights)) return null;
  const halves = typicalPoints(measured, whole.plan.header.pool.length, samples).map(({ losses }) => {
    const { variance, freedom } = sampleVariance([influence(losses, samples, weights)], samples);
    return halfWidth(variance, freedom);
  });
  return halves.length > 0 ? Math.max(...halves) : null;
}
