import { designOf } from '../design/design.ts';
import { isRequest } from '../design/requests.ts';
import { throwIfCancelled } from '../law/cancelled.ts';
import { foldingsOf } from '../selection/folds.ts';
import { objectiveOf } from '../selection/measured.ts';
import { type Resamples, resample, seedOf } from '../selection/resample.ts';
import { normalised, type Samples, samplesOf } from '../selection/samples.ts';
import { digest } from '../store/canonical.ts';
import type { EvaluationId } from '../store/format.ts';
import { declaredMethods } from '../store/method-scales.ts';
import { againstBest, type MadeCell } from './against-best.ts';
import {
  isRestricted,
  mergesWithout,
  ordersWithout,
  requiredIn,
  withoutExcluded,
  withRequired,
} from './allowed.ts';
import { AssistedMaker } from './assisted-typical.ts';
import { lossAtRecommended, makeCell } from './cell.ts';
import type { Context, Unscored } from './context.ts';
import { makeHeadline } from './headline.ts';
import type { ReportInput, ReportOptions } from './input.ts';
import { methodLabels } from './labels.ts';
import { mergeTable } from './merge-table.ts';
import { type CellMerges, cellMerges, progressOf, Rows } from './merges.ts';
import { overallPrecision, PrecisionMaker } from './precision.ts';
import { DrawMaker } from './precision-draw.ts';
import { rankMethods } from './ranks.ts';
import type { AgainstBest, Cell, Report } from './report.ts';
import { scaledSubsets } from './step-merges.ts';
import { type SignedCell, StudyMaker } from './study/make-study.ts';
import { reportSize, unmergedOf } from './unmerged.ts';
import { reportWarnings } from './warnings.ts';
import { weightedMerges } from './weighted.ts';

/** Everything that can be said of an experiment from what is measured: the one source of numbers for every surface. */
export function makeReport(input: ReportInput, options: ReportOptions): Report {
  return new ReportMaker().make(input, options);
}

/**
 * Makes one Report after another as results arrive. What did not change is kept: rows of merges that were read, the
 * resampling, and whole cells. Any prefix of a plan gives a sane report.
 */
export class ReportMaker {
  #evaluations: string | null = null;
  #samples: Samples | null = null;
  #rows: Rows | null = null;
  #results: ReportInput['results'] | null = null;
  #resamples: Resamples | null = null;
  readonly #cells = new Map<string, SignedCell>();
  readonly #comparisons = new Map<string, { readonly signature: string; readonly against: AgainstBest }>();
  readonly #studies = new StudyMaker();
  readonly #precision = new PrecisionMaker();
  readonly #draws = new DrawMaker();
  readonly #assisted = new AssistedMaker();
  #design: { readonly of: string; readonly permutations: readonly (readonly number[])[] | null } | null =
    null;

  /** @throws Cancelled when `options.cancelled` says so; never on numbers. */
  make(whole: ReportInput, options: ReportOptions): Report {
    const { context, rows } = this.#context(whole, options);
    const { input } = context;
    const { header } = input.plan;
    const sizeNames = Object.keys(header.sizes);
    const methods = declaredMethods(header);
    const labels = methodLabels(methods);
    const unmerged = new Map(sizeNames.map((size) => [size, unmergedOf(input, size, rows)]));
    const made: SignedCell[] = [];
    const cells: Cell[] = [];
    for (const size of sizeNames) {
      const own = unmerged.get(size) ?? { base: null, experts: [] };
      const ofSize = methods.map((_, method) => {
        throwIfCancelled(options.cancelled);
        return this.#cell(context, { size, method, label: labels[method] as string }, own, rows);
      });
      made.push(...ofSize);
      cells.push(...this.#ranked(context, ofSize, own, rows));
    }
    const sizes = sizeNames.map((name) =>
      reportSize(context, name, unmerged.get(name) ?? { base: null, experts: [] }),
    );
    const { experiment } = input;
    const precision = overallPrecision(cells, isAsked(whole.plan, rows));
    const headline = makeHeadline({ experiment, pool: header.pool, cells, sizes, precision });
    const progress = progressOf(whole.plan.lines, rows);
    const permutations = this.#permutations(whole);
    return {
      format: 1,
      kind: 'merge',
      stage: options.stage,
      name: experiment.name,
      plan: input.plan.id,
      interval: experiment.goals.interval,
      headline,
      progress,
      precision,
      pool: header.pool,
      excluded: whole.plan.header.pool.filter((expert) => !header.pool.includes(expert)),
      required: context.required.map((d) => header.pool[d] as string),
      domains: reportDomains(context),
      sizes,
      cells,
      study:
        options.stage === 'complete'
          ? this.#studies.make(context, {
              cells: made,
              sizes,
              unmerged,
              headline,
              permutations,
              weighted: weightedMerges(input, rows),
            })
          : null,
      references: references(input, context, rows),
      warnings: reportWarnings({ cells, sizes, headline, progress, unusable: rows.unusable.size }),
    };
  }

  #context(whole: ReportInput, options: ReportOptions): { context: Context; rows: Rows } {
    const input = withoutExcluded(whole);
    const evaluations = Object.entries(input.plan.header.evaluations);
    const identity = digest(evaluations);
    if (identity !== this.#evaluations || this.#results !== input.results || !this.#samples || !this.#rows) {
      this.#evaluations = identity;
      this.#results = input.results;
      this.#cells.clear();
      this.#comparisons.clear();
      this.#studies.forget();
      this.#precision.forget();
      this.#assisted.forget();
      this.#draws.forget();
      this.#resamples = null;
      this.#samples = samplesOf(
        evaluations.map(([name]) => ({
          name,
          tokens: input.evaluations.get(name)?.tokens ?? new Float64Array(0),
        })),
      );
      this.#rows = new Rows(
        input.results,
        this.#samples,
        evaluations.map(([, id]): EvaluationId => id),
      );
    }
    const samples = this.#samples;
    const seed = seedOf(identity);
    if (options.stage === 'complete') this.#resamples ??= resample(samples, seed);
    const { weights } = input.experiment.goals;
    const context: Context = {
      whole,
      input,
      required: requiredIn(input),
      options,
      samples,
      weights: normalised(samples.domains.map((name) => weights.get(name) ?? 1)),
      foldings: foldingsOf(samples, seed ^ 0x5bd1e995),
      resamples: options.stage === 'complete' ? this.#resamples : null,
      seed,
    };
    return { context, rows: this.#rows };
  }

  #cell(
    context: Context,
    place: { readonly size: string; readonly method: number; readonly label: string },
    unmerged: Unscored,
    rows: Rows,
  ): SignedCell {
    const { whole, input, options } = context;
    const swept = cellMerges(whole, place.size, place.method, rows, context.samples, context.weights);
    const scaled = withRequired(scaledSubsets(input, place.size, place.method, rows), context.required);
    const { goals } = input.experiment;
    // Results never change once they are there, so their number says whether anything did.
    const signature = JSON.stringify([
      input.plan.id,
      options.stage,
      options.forecast ?? [],
      swept.points.length,
      swept.progress,
      scaled.map((subset) => subset.merges.length),
      unmerged.base !== null,
      { ...goals, weights: [...goals.weights] },
      input.otherPlans.map(({ id }) => id),
    ]);
    const name = `${place.size}/${place.method}`;
    const known = this.#cells.get(name);
    if (known?.signature === signature) return known;
    const merges = mergesWithout(swept, whole);
    const spec = input.plan.header.methods[place.method];
    const draw = spec ? this.#draws.draw(context, { ...place, spec }, swept, unmerged, rows) : null;
    const assisted =
      draw && !isRestricted(whole.experiment) ? this.#assisted.typical(context, name, draw, unmerged) : null;
    const made = makeCell(context, place, merges, unmerged, scaled, this.#permutations(whole), assisted);
    const signed = { ...made, signature, swept: sweptOf(swept, made, whole), draw };
    this.#cells.set(name, signed);
    return signed;
  }

  /** As `rankMethods` has it; mergekit's variants stay out of the ranks, not of the comparison. */
  #ranked(context: Context, made: readonly SignedCell[], unmerged: Unscored, rows: Rows): Cell[] {
    const losses = made.map(({ cell }) =>
      cell.claims_law ? lossAtRecommended(cell, context, unmerged) : null,
    );
    const against = (own: number, other: number, at: number) =>
      this.#against(context, made[own] as SignedCell, made[other] as SignedCell, made[at] as SignedCell);
    const { best, at, ranks } = rankMethods(losses, (...of) => against(...of).at?.difference.value ?? null);
    return made.map((own, i) => ({
      ...own.cell,
      rank: ranks[i] ?? null,
      against_best: best === null || best === i ? null : against(i, best, at ?? best),
      precision: this.#precision.cell(context, own, rows),
    }));
  }

  /** @param at gives the k where methods are compared */
  #against(context: Context, own: SignedCell, best: SignedCell, at: SignedCell): AgainstBest {
    const name = `${own.cell.size}/${own.cell.method}/${best.cell.method}`;
    const k = at.cell.curves[0]?.recommended_k?.k ?? null;
    const signature = `${k} ${best.signature} ${own.signature}`;
    const known = this.#comparisons.get(name);
    if (known?.signature === signature) return known.against;
    const against = againstBest(context, own, best, k, this.#permutations(context.whole));
    this.#comparisons.set(name, { signature, against });
    return against;
  }

  #permutations(whole: ReportInput): readonly (readonly number[])[] | null {
    const { experiment } = whole;
    if (experiment.sweep.subsets.kind !== 'permutations') return null;
    const of = JSON.stringify([experiment.pool, experiment.sweep]);
    if (this.#design?.of !== of) this.#design = { of, permutations: designOf(experiment).permutations };
    const { permutations } = this.#design;
    return permutations && ordersWithout(permutations, whole);
  }
}

/** Held once where the goals leave nothing out. */
function sweptOf(
  { measured, points }: CellMerges,
  { cell }: MadeCell,
  whole: ReportInput,
): SignedCell['swept'] {
  return { measured, merges: isRestricted(whole.experiment) ? mergeTable(points) : cell.merges };
}

/** Whether merges beyond the sweep are still to come. */
function isAsked({ lines }: ReportInput['plan'], rows: Rows): boolean {
  return lines.some((line) => isRequest(line) && !rows.get(line.key) && !rows.failed(line.key));
}

function reportDomains({ input, samples, weights }: Context): Report['domains'] {
  return samples.domains.map((name, d) => {
    const info = input.evaluations.get(name);
    return {
      name,
      samples: info?.samples ?? 0,
      scored_tokens: info?.scored_tokens ?? 0,
      truncated: info?.truncated ?? 0,
      excluded: info?.excluded ?? 0,
      weight: weights[d] as number,
    };
  });
}

function references(
  { experiment, plan }: ReportInput,
  { weights }: Context,
  rows: Rows,
): Report['references'] {
  return experiment.references.map((reference) => {
    const { name, gpu_hours } = reference;
    if ('loss' in reference) return { name, loss: reference.loss, gpu_hours };
    const line = plan.lines.find((candidate) => candidate.reference === name);
    const row = line ? rows.get(line.key) : null;
    return { name, loss: row && objectiveOf(row, weights), gpu_hours };
  });
}
