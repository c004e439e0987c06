/**
 * How well the mean of each size is known, beside what `sweep.subsets` asks for: whether a run may stop. That is about
 * all subsets that the sweep draws from, whichever the goals allow.
 */
import { halfWidth, samplesShowSpread } from '../selection/curve-error.ts';
import { influence } from '../selection/measured.ts';
import { sampleVariance } from '../selection/sample-variance.ts';
import { typicalPoints } from '../selection/typical.ts';
import type { SurrogateMerge } from '../surrogate/merge.ts';
import { decidePrecision, type PrecisionDecision } from '../surrogate/precision.ts';
import { isRestricted } from './allowed.ts';
import type { Context } from './context.ts';
import { progressOf, type Rows } from './merges.ts';
import type { CellPrecision, Precision, Progress } from './report.ts';
import type { SignedCell } from './study/make-study.ts';

interface Kept {
  readonly signature: string;
  readonly decision: PrecisionDecision;
}

/** Judges each cell anew only when what its next look waits for is there. */
export class PrecisionMaker {
  readonly #kept = new Map<string, Kept>();

  forget(): void {
    this.#kept.clear();
  }

  /** One for each cell; null where the sweep asks for no precision. */
  cell(context: Context, made: SignedCell, rows: Rows): CellPrecision | null {
    const { experiment, plan } = context.whole;
    const asked = experiment.sweep.subsets;
    if (asked.kind !== 'precision') return null;
    const { cell, draw } = made;
    if (!draw) return null;
    const signature = JSON.stringify([plan.id, asked, [...context.weights], draw.failed]);
    const decide = () => decidePrecision({ ...draw.state, precision: asked.precision });
    const { decision } = this.#keep(`${cell.size}/${cell.method}`, signature, draw.state.measured, decide);
    return { asked: asked.precision, ...standing(context, made, decision, progressOf(draw.lines, rows)) };
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
