import { throwIfCancelled } from '../../law/cancelled.ts';
import { fitSizes } from '../../law/sizes/fit-sizes.ts';
import type { SizesLaw } from '../../law/sizes/sizes-law.ts';
import { ownExperts, synergy } from '../../selection/synergy.ts';
import { synergyBlocks } from '../../selection/synergy-blocks.ts';
import type { MadeCell } from '../against-best.ts';
import type { Context, Unscored } from '../context.ts';
import type { Headline, ReportSize } from '../report.ts';
import { makeReportPlanning } from './planning.ts';
import type { CellStudy, Study } from './study.ts';

/** A cell, and what says whether it changed. */
export interface SignedCell extends MadeCell {
  readonly signature: string;
}

export interface StudyInput {
  readonly cells: readonly SignedCell[];
  readonly sizes: readonly ReportSize[];
  readonly unmerged: ReadonlyMap<string, Unscored>;
  readonly headline: Headline;
  readonly permutations: readonly (readonly number[])[] | null;
}

/** Keeps the study of each cell while the cell does not change. */
export class StudyMaker {
  readonly #cells = new Map<string, { readonly signature: string; readonly study: CellStudy | null }>();

  forget(): void {
    this.#cells.clear();
  }

  /** @throws Cancelled */
  make(context: Context, input: StudyInput): Study {
    const { cells, headline } = input;
    const method = headline.cell === null ? null : (cells[headline.cell]?.cell.method ?? null);
    const ofMethod = cells.filter(({ cell }) => cell.method === method);
    return {
      planning: method === null ? null : planningOf(context, input, ofMethod),
      sizes_law: sizesLaw(context, ofMethod),
      cells: cells.map((made) => this.#cell(context, made, input.permutations)),
    };
  }

  #cell(context: Context, made: SignedCell, permutations: StudyInput['permutations']): CellStudy | null {
    const name = `${made.cell.size}/${made.cell.method}`;
    const known = this.#cells.get(name);
    if (known?.signature === made.signature) return known.study;
    throwIfCancelled(context.options.cancelled);
    const study = cellStudy(context, made, permutations);
    this.#cells.set(name, { signature: made.signature, study });
    return study;
  }
}

function planningOf(context: Context, input: StudyInput, cells: readonly MadeCell[]): Study['planning'] {
  const { headline, sizes, unmerged, permutations } = input;
  const toPlan = sizes.flatMap((size) => {
    const made = cells.find(({ cell }) => cell.size === size.name);
    return made ? [{ size, base: unmerged.get(size.name)?.base ?? null, made }] : [];
  });
  const size = headline.cell === null ? undefined : input.cells[headline.cell]?.cell.size;
  const k = headline.recommended_k?.k;
  const at = size === undefined || k === undefined ? null : { size, k };
  return makeReportPlanning(context, toPlan, at, permutations);
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

function cellStudy(
  context: Context,
  made: MadeCell,
  permutations: StudyInput['permutations'],
): CellStudy | null {
  const { measured } = made;
  if (measured.length === 0) return null;
  const { samples, weights, options, input } = context;
  const { pool } = input.plan.header;
  const found = synergy({
    measured,
    pool: pool.length,
    samples,
    weights,
    own: ownExperts(pool, samples.domains),
    permutations,
    stage: options.stage,
    ...(options.cancelled ? { cancelled: options.cancelled } : {}),
  });
  return { synergy: found, blocks: synergyBlocks(found, context.seed, options.cancelled) };
}
