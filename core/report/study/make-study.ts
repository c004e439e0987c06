import { throwIfCancelled } from '../../law/cancelled.ts';
import { fitSizes } from '../../law/sizes/fit-sizes.ts';
import type { SizesLaw } from '../../law/sizes/sizes-law.ts';
import { type TabledCurve, threePointTable } from '../../law/three-point-table.ts';
import type { Measured } from '../../selection/measured.ts';
import { type Shapley, shapley } from '../../selection/shapley.ts';
import type { MadeCell } from '../against-best.ts';
import type { Context, Unscored } from '../context.ts';
import type { MergeTable } from '../merge-table.ts';
import type { PrecisionDraw } from '../precision-draw.ts';
import type { Headline, ReportSize } from '../report.ts';
import type { WeightedMerge } from '../weighted.ts';
import { makeCellStudy } from './cell-study.ts';
import { followUpsOf } from './follow-ups.ts';
import { makeReportPlanning } from './planning.ts';
import type { CellStudy, Study } from './study.ts';

/** A cell, and what says whether it changed. */
export interface SignedCell extends MadeCell {
  readonly signature: string;
  /** All merges of the size and method, with those that the goals leave out. */
  readonly swept: { readonly measured: readonly Measured[]; readonly merges: MergeTable };
  /** Null where the sweep asks for no precision. */
  readonly draw: PrecisionDraw | null;
}

export interface StudyInput {
  readonly cells: readonly SignedCell[];
  readonly sizes: readonly ReportSize[];
  readonly unmerged: ReadonlyMap<string, Unscored>;
  readonly headline: Headline;
  readonly permutations: readonly (readonly number[])[] | null;
  readonly weighted: readonly WeightedMerge[];
}

/** Keeps the study of each cell while the cell does not change. */
export class StudyMaker {
  readonly #cells = new Map<string, { readonly signature: string; readonly study: CellStudy | null }>();
  readonly #shapley = new WeakMap<SignedCell, Shapley>();

  forget(): void {
    this.#cells.clear();
  }

  /** @throws Cancelled */
  make(context: Context, input: StudyInput): Study {
    const { cells, headline } = input;
    const answered = headline.cell === null ? undefined : cells[headline.cell]?.cell;
    const method = answered?.method ?? null;
    const ofMethod = cells.filter(({ cell }) => cell.method === method);
    const studies = cells.map((made) => this.#cell(context, made, input));
    return {
      follow_ups: answered
        ? followUpsOf(answered, studies[headline.cell ?? -1] ?? null, context.input.plan.header.pool)
        : [],
      planning: method === null ? null : planningOf(context, input, ofMethod),
      sizes_law: sizesLaw(context, ofMethod),
      three_point: threePointTable(tabled(cells)),
      shapley: context.options.shapley ? cells.map((made) => this.#shapleyOf(context, made, input)) : null,
      cells: studies,
    };
  }

  /** A cell is the same object while it does not change. */
  #shapleyOf(context: Context, made: SignedCell, { unmerged, permutations }: StudyInput): Shapley {
    const known = this.#shapley.get(made);
    if (known) return known;
    throwIfCancelled(context.options.cancelled);
    const { samples, weights, input, options } = context;
    const found = shapley({
      measured: made.measured,
      base: unmerged.get(made.cell.size)?.base ?? null,
      pool: input.plan.header.pool.length,
      samples,
      weights,
      permutations,
      stage: options.stage,
    });
    this.#shapley.set(made, found);
    return found;
  }

  #cell(context: Context, made: SignedCell, input: StudyInput): CellStudy | null {
    const { unmerged, permutations, weighted } = input;
    const signature = `${weighted.length} ${made.signature}`;
    const name = `${made.cell.size}/${made.cell.method}`;
    const known = this.#cells.get(name);
    if (known?.signature === signature) return known.study;
    throwIfCancelled(context.options.cancelled);
    const own = unmerged.get(made.cell.size) ?? { base: null, experts: [] };
    const study = makeCellStudy(context, made, own, permutations, weighted);
    this.#cells.set(name, { signature, study });
    return study;
  }
}

function planningOf(context: Context, input: StudyInput, cells: readonly MadeCell[]): Study['planning'] {
  const { sizes, unmerged, permutations } = input;
  const toPlan = sizes.flatMap((size) => {
    const made = cells.find(({ cell }) => cell.size === size.name);
    return made ? [{ size, base: unmerged.get(size.name)?.base ?? null, made }] : [];
  });
  return makeReportPlanning(context, toPlan, permutations);
}

function sizesLaw(context: Context, cells: readonly MadeCell[]): SizesLaw[] {
  if (cells.length < 2) return [];
  const { options, seed } = context;
  const curves = cells[0]?.data.length ?? 0;
  return Array.from({ length: curves }, (_, at) => {
    throwIfCancelled(options.cancelled);
    const data = cells.flatMap((made) => made.data[at] ?? []);
    return fitSizes(data, {
      stage: options.stage,
      seed,
      ...(options.cancelled ? { cancelled: options.cancelled } : {}),
    });
  });
}

/** Curves of cells that claim the law: a seedless mean over subsets each. */
function tabled(cells: readonly MadeCell[]): TabledCurve[] {
  return cells
    .filter(({ cell }) => cell.claims_law)
    .flatMap(({ cell, data }) =>
      data.map(({ domain, N, k, mean }) => ({ domain, method: cell.label, N, k, mean })),
    );
}
