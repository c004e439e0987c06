/** Which models are scored on tasks: base, experts, the recommended merge and the chosen one of each k. */
import { findMerge } from '../report/merge-table.ts';
import type { Cell, Report } from '../report/report.ts';
import type { MergeKey, PlanHeader, PlanLine } from '../store/format.ts';
import { isRandom, mergeKey } from '../store/keys.ts';
import type { DownstreamModel } from './downstream.ts';

/** A merge as a line of a plan names it, whether or not it is in one. */
export type WantedLine = Pick<PlanLine, 'key' | 'size' | 'method' | 'subset' | 'seed'>;

export interface WantedModel {
  readonly model: DownstreamModel;
  readonly line: WantedLine;
}

type Header = Pick<PlanHeader, 'sizes' | 'methods' | 'embeddings' | 'dtype'>;

/** Of the cell that the report answers for, those that are measured; empty before there is one. */
export function wantedModels(report: Report, header: Header): readonly WantedModel[] {
  const cell = report.cells[report.headline.cell ?? -1];
  const size = report.sizes.find(({ name }) => name === cell?.size);
  if (!cell || !size) return [];
  const make = (kind: DownstreamModel['kind'], members: readonly number[], loss: number | null) => {
    const subset = members.map((i) => report.pool[i] ?? '');
    const line = loss === null ? null : lineOf(header, cell, kind, subset);
    const recommended = kind === 'merge' && isSame(members, cell.selection?.recommended?.members);
    return line && loss !== null ? [{ model: { kind, members, loss, recommended }, line }] : [];
  };
  const unmerged = [
    ...make('base', [], size.base?.objective.value ?? null),
    ...size.experts.flatMap((expert, i) => make('expert', [i], expert?.objective.value ?? null)),
  ];
  return withRecommended(
    [...unmerged, ...subsetsOf(cell).flatMap((members) => make('merge', members, lossOf(cell, members)))],
    cell,
  );
}

/** A merge of one expert by the mean of its task vector is that expert. */
function withRecommended(models: readonly WantedModel[], cell: Cell): readonly WantedModel[] {
  if (cell.spec.method !== 'average') return models;
  const recommended = cell.selection?.recommended?.members;
  return models
    .filter(({ model }) => model.kind !== 'merge' || model.members.length > 1)
    .map((each) => {
      const own = each.model.kind === 'expert' && isSame(each.model.members, recommended);
      return own ? { ...each, model: { ...each.model, recommended: true } } : each;
    });
}

/** The chosen ones by k; the recommended one among them even where it is not the chosen one of its k. */
function subsetsOf({ selection }: Cell): (readonly number[])[] {
  if (!selection) return [];
  const { chosen, recommended } = selection;
  const subsets = chosen.map(({ members }) => members);
  const missing = recommended && !subsets.some((members) => isSame(members, recommended.members));
  return missing ? [...subsets, recommended.members] : subsets;
}

function lossOf(cell: Cell, members: readonly number[]): number | null {
  const at = findMerge(cell.merges, members, seedOf(cell));
  return at === null ? null : (cell.merges.objective[at] ?? null);
}

/** A random method is scored with its first masks. */
function seedOf({ spec, seeds }: Cell): number | null {
  return isRandom(spec) ? (seeds[0] ?? 0) : null;
}

function lineOf(
  { sizes, methods, embeddings, dtype }: Header,
  cell: Cell,
  kind: DownstreamModel['kind'],
  subset: readonly string[],
): WantedLine | null {
  const size = sizes[cell.size];
  const experts = subset.map((name) => size?.experts[name]?.fingerprint);
  if (!size || experts.some((fingerprint) => fingerprint === undefined)) return null;
  const merged = kind === 'merge';
  const seed = merged ? seedOf(cell) : null;
  const key: MergeKey = mergeKey({
    base: size.base.fingerprint,
    experts: experts.filter((fingerprint) => fingerprint !== undefined),
    method: merged ? (methods[cell.method] ?? null) : null,
    seed,
    embeddings,
    dtype,
  });
  return { key, size: cell.size, method: merged ? cell.method : null, subset, seed };
}

function isSame(a: readonly number[], b: readonly number[] | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((value, i) => value === b[i]);
}
