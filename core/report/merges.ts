import { isRequest } from '../design/requests.ts';
import { type Losses, type Measured, meanLosses, objectiveOf } from '../selection/measured.ts';
import type { DomainWeights, Samples } from '../selection/samples.ts';
import type { EvaluationId, MergeKey, PlanLine } from '../store/format.ts';
import { cellLines } from './cell-lines.ts';
import type { ReportInput, Results, Score } from './input.ts';
import type { TablePoint } from './merge-table.ts';
import type { Progress } from './report.ts';
import { copyFinite, RowBlock } from './row-block.ts';
import { sameMerges } from './same-merges.ts';

/** Merges of one size and method, as far as they are complete. */
export interface CellMerges {
  /** One an element for each seed; members ascending. */
  readonly points: readonly TablePoint[];
  /** Seeds of a random method averaged. */
  readonly measured: readonly Measured[];
  readonly progress: Progress;
  readonly seeds: readonly number[];
}

/** Rows by merge key. Results never change, so a row that was read once is right for ever. */
export class Rows {
  readonly #rows = new Map<MergeKey, Losses>();
  readonly #results: Results;
  readonly #samples: Samples;
  readonly #evaluations: readonly EvaluationId[];
  /** Of the merge that is being read, by domain. */
  readonly #scores: Score[] = [];
  readonly #block: RowBlock;
  /** Results whose shape is not the evaluation set's: counted, not used. */
  readonly unusable = new Set<MergeKey>();

  constructor(results: Results, samples: Samples, evaluations: readonly EvaluationId[]) {
    this.#results = results;
    this.#samples = samples;
    this.#evaluations = evaluations;
    this.#block = new RowBlock(samples.tokens.length, evaluations.length);
  }

  /** Null while any domain is missing. */
  get(key: MergeKey): Losses | null {
    const known = this.#rows.get(key);
    if (known) return known;
    const scores = this.#scores;
    const evaluations = this.#evaluations;
    for (let d = 0; d < evaluations.length; d++) {
      const score = this.#results.get(key, evaluations[d] as EvaluationId);
      if (!score) return null;
      scores[d] = score;
    }
    const row = this.#block.next();
    const { start, domainTokens } = this.#samples;
    for (let d = 0; d < scores.length; d++) {
      const { nll, tokens, perSample } = scores[d] as Score;
      const from = start[d] as number;
      const fits =
        perSample.length === (start[d + 1] as number) - from &&
        tokens === domainTokens[d] &&
        Number.isFinite(nll) &&
        copyFinite(perSample, row.nll, from);
      if (!fits) {
        this.unusable.add(key);
        return null;
      }
      row.domains[d] = nll / tokens;
    }
    this.#block.keep();
    this.#rows.set(key, row);
    return row;
  }

  failed(key: MergeKey): boolean {
    if (this.#results.failure(key) !== undefined) return true;
    return this.#evaluations.some(
      (evaluation) =>
        this.#results.get(key, evaluation) === undefined &&
        this.#results.failure(key, evaluation) !== undefined,
    );
  }
}

export function progressOf(lines: readonly PlanLine[], rows: Rows): Progress {
  let done = 0;
  let failed = 0;
  const seen = new Set<MergeKey>();
  for (const { key } of lines) {
    if (seen.has(key)) continue;
    seen.add(key);
    if (rows.get(key)) done += 1;
    else if (rows.failed(key)) failed += 1;
  }
  return { done, failed, total: seen.size };
}

/**
 * Everything measured for one size and method: the plan's lines, then merges of other plans that are the same models
 * and method. Only lines of the plan itself carry draws.
 */
export function cellMerges(
  input: ReportInput,
  size: string,
  method: number,
  rows: Rows,
  samples: Samples,
  weights: DomainWeights,
): CellMerges {
  const { plan } = input;
  const { lines, members: membersOf, names } = cellLines(plan, size, method);
  const seeds = [...new Set(lines.flatMap(({ seed }) => (seed === null ? [] : [seed])))].sort(
    (a, b) => a - b,
  );
  const bySubset = new Map<string, { members: readonly number[]; draws: number; rows: Losses[] }>();
  const points: TablePoint[] = [];
  const seen = new Set<MergeKey>();
  const add = (
    key: MergeKey,
    members: readonly number[],
    name: string,
    seed: number | null,
    draws: number,
    design: boolean,
  ) => {
    if (seen.has(key)) return;
    const row = rows.get(key);
    if (!row) return;
    seen.add(key);
    points.push({ members, seed, objective: objectiveOf(row, weights), domains: row.domains, design });
    const group = bySubset.get(name);
    if (group) {
      group.rows.push(row);
      group.draws = Math.max(group.draws, draws);
    } else bySubset.set(name, { members, draws, rows: [row] });
  };
  const drawn = drawsOf(lines, rows);
  for (const [i, { key, seed }] of lines.entries())
    add(key, membersOf[i] as number[], names[i] as string, seed, drawn.get(key) ?? 0, drawn.has(key));
  for (const other of input.otherPlans) {
    for (const line of sameMerges(plan, other, size, method, seeds))
      add(line.key, line.members, line.members.join(), line.seed, 0, false);
  }
  return {
    points,
    measured: [...bySubset.values()].map(({ members, draws, rows: group }) => {
      const row = group.length === 1 ? (group[0] as Losses) : averageOf(group, samples);
      return { members, draws, nll: row.nll, domains: row.domains };
    }),
    progress: progressOf(lines, rows),
    seeds,
  };
}

/** Draws of the design as far as it has come: what was asked for ahead of its turn in the draw does not count before it. */
function drawsOf(lines: readonly PlanLine[], rows: Rows): ReadonlyMap<MergeKey, number> {
  const asked = new Set(lines.flatMap((line) => (isRequest(line) ? [line.key] : [])));
  const waiting = new Set<number>();
  const drawn = new Map<MergeKey, number>();
  for (const { key, subset, purpose, draws } of lines) {
    if (!purpose.includes('design')) continue;
    const k = subset.length;
    if (asked.size > 0 && !asked.has(key) && !rows.get(key) && !rows.failed(key)) waiting.add(k);
    if (!asked.has(key) || !waiting.has(k)) drawn.set(key, draws);
  }
  return drawn;
}

function averageOf(rows: readonly Losses[], samples: Samples): Losses {
  return meanLosses(
    rows,
    rows.map(() => 1 / rows.length),
    samples,
  );
}
