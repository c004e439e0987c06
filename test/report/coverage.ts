/**
 * A Report's 95% intervals against the truth of a known world: each replicate draws new evaluation samples, a new design
 * and, where the interval speaks of experts like these, new experts.
 */
import type { Subsets } from '../../core/experiment/experiment.ts';
import { ReportMaker } from '../../core/report/make-report.ts';
import type { Cell, Report, Selection } from '../../core/report/report.ts';
import { UNEQUAL_DOMAINS } from '../simulation/sweeps.ts';
import type { StudyDesign, Tally } from '../simulation/tally.ts';
import { countPredicted, countSearches } from './study-coverage.ts';
import { inputOf, subsetsOf, World, type WorldOptions } from './world.ts';

interface CoverageDesign {
  readonly name: string;
  readonly world: WorldOptions;
  readonly subsets: Subsets;
  readonly interval: 'pool' | 'population';
}

const BASE: WorldOptions = { seed: 17, experts: 7, domains: 3, samples: 40, spread: 0.35 };

/** Samples that hardly differ: what is left is the error from subsets. */
const QUIET: WorldOptions = { ...BASE, samples: 60, difficulty: 0.02, taste: 0.01, feeling: 0.01 };

const DESIGNS: readonly CoverageDesign[] = [
  { name: 'all', world: BASE, subsets: { kind: 'all' }, interval: 'pool' },
  { name: 'per_k 5', world: BASE, subsets: { kind: 'per_k', count: 5 }, interval: 'pool' },
  { name: 'per_k 12', world: BASE, subsets: { kind: 'per_k', count: 12 }, interval: 'pool' },
  { name: 'permutations 6', world: BASE, subsets: { kind: 'permutations', count: 6 }, interval: 'pool' },
  { name: 'permutations 15', world: BASE, subsets: { kind: 'permutations', count: 15 }, interval: 'pool' },
  { name: 'per_k 6, quiet samples', world: QUIET, subsets: { kind: 'per_k', count: 6 }, interval: 'pool' },
  {
    name: 'permutations 8, quiet samples',
    world: QUIET,
    subsets: { kind: 'permutations', count: 8 },
    interval: 'pool',
  },
  {
    name: 'permutations 10, noisy samples',
    world: { ...BASE, samples: 15, taste: 0.6, spread: 0.2 },
    subsets: { kind: 'permutations', count: 10 },
    interval: 'pool',
  },
  {
    name: 'all, population',
    world: { ...BASE, experts: 9 },
    subsets: { kind: 'all' },
    interval: 'population',
  },
  {
    name: 'permutations 10, domains of 10, 40 and 200 samples, unequal weights',
    world: { ...BASE, ...UNEQUAL_DOMAINS },
    subsets: { kind: 'permutations', count: 10 },
    interval: 'pool',
  },
];

export const REPORT_DESIGNS: readonly StudyDesign[] = DESIGNS.map((design, index) => {
  const fixed = new World(design.world);
  const effects = trueEffects(fixed);
  const bestK = trueRecommendedK(fixed);
  return {
    name: design.name,
    seed: 1700 + index,
    replicate: (tally, _, r) => {
      const population = design.interval === 'population';
      const world = new World(design.world, 1 + r, population ? 1 + r : design.world.seed);
      const goals = { interval: design.interval };
      const input = inputOf(world, { subsets: design.subsets, seed: r, goals });
      const report = new ReportMaker().make(input, { stage: 'complete' });
      countTypical(design, report, world, tally);
      const [cell] = report.cells;
      if (population || !cell) return;
      if (cell.selection) countSelection(cell.selection, world, effects, tally);
      const k = cell.curves[0]?.recommended_k;
      if (k) tally.interval('recommended k', bestK, { ...k, value: k.k }, 'cautious');
      countUnmerged(report, world, tally);
      countCurves(design, cell, fixed, tally);
      const study = report.study?.cells[0];
      if (study && cell.selection) countSearches(study.baselines, cell.selection, world, tally);
      if (study?.predicted?.kind === 'predicted') countPredicted(study.predicted, cell, world, tally);
    },
  };
});

/**
 * Permutations are spread over all orders on purpose, so their means vary less than those of independent ones, which the
 * intervals assume. Intervals about experts like these are approximate.
 */
function countTypical(
  { interval, subsets }: CoverageDesign,
  report: Report,
  world: World,
  tally: Tally,
): void {
  const population = interval === 'population';
  const kind = population ? 'approximate' : subsets.kind === 'permutations' ? 'cautious' : 'interval';
  for (const { k, mean, low, high } of report.cells[0]?.curves[0]?.points ?? [])
    tally.interval(
      `typical loss, k = ${k}`,
      population ? world.population(k) : world.typical(k),
      { value: mean, low, high },
      kind,
    );
}

function countUnmerged({ sizes, headline, pool }: Report, world: World, tally: Tally): void {
  const [size] = sizes;
  tally.interval('loss of the base', world.macro([]), size?.base?.objective);
  for (const [d, expert] of (size?.experts ?? []).entries())
    tally.interval('loss of a single expert', world.macro([d]), expert?.objective);
  const members = headline.subset?.map((name) => pool.indexOf(name));
  if (members) tally.interval('loss of the recommended subset', world.macro(members), headline.loss);
}

/** What one more expert buys, and the curves of single domains. */
function countCurves({ subsets }: CoverageDesign, { curves }: Cell, world: World, tally: Tally): void {
  const kind = subsets.kind === 'permutations' ? 'cautious' : 'interval';
  const [objective, ...domains] = curves;
  for (const { k, gain, low, high, measured } of objective?.marginal_gain ?? [])
    if (measured)
      tally.interval(
        'gain of one more expert',
        world.typical(k) - world.typical(k + 1),
        { value: gain, low, high },
        kind,
      );
  for (const [d, { points }] of domains.entries())
    for (const { k, mean, low, high } of points)
      tally.interval('typical loss of a domain', world.typicalOn(d, k), { value: mean, low, high }, kind);
}

/** `behind` is against the best of all sizes, chosen too: what it is about is only known afterwards. */
function countSelection(
  { attribution, chosen, passed_over }: Selection,
  world: World,
  effects: readonly number[],
  tally: Tally,
): void {
  for (const [d, each] of attribution.entries())
    tally.interval('effect of an expert', effects[d] ?? Number.NaN, each?.effect);
  const lossOf = ({ members }: { readonly members: readonly number[] }) => world.macro(members);
  const best = chosen.reduce((a, b) => (b.cross_fitted.value < a.cross_fitted.value ? b : a));
  for (const each of chosen.filter(({ measured }) => measured > 1)) {
    tally.interval('chosen subset, cross-fitted', lossOf(each), each.cross_fitted);
    tally.interval(
      'chosen subset − typical, cross-fitted',
      lossOf(each) - world.typical(each.k),
      each.difference,
    );
    if (each !== best)
      tally.interval(
        'chosen subset behind the best size',
        lossOf(each) - lossOf(best),
        each.behind,
        'cautious',
      );
  }
  const wrong = passed_over !== null && lossOf(best) >= lossOf(passed_over.chosen);
  tally.event('another size surely better, and it is not', 'alarm', wrong);
}

/** The goal `within: 0.01` on the true typical curve. */
export function trueRecommendedK(world: World): number {
  const curve = world.pool.map((_, i) => world.typical(i + 1));
  const lowest = Math.min(...curve);
  return 1 + curve.findIndex((loss) => loss - lowest <= 0.01);
}

/** Attribution by its definition, on true losses. */
function trueEffects(world: World): number[] {
  const M = world.pool.length;
  const sorted = (members: number[]) => members.sort((a, b) => a - b);
  const effects = new Array<number>(M).fill(0);
  for (let t = 1; t < M; t++) {
    const change = world.pool.map((_, d) => {
      const sets = subsetsOf(M, t).filter((members) => !members.includes(d));
      return (
        sets.reduce((sum, set) => sum + world.macro(sorted([...set, d])) - world.macro(set), 0) / sets.length
      );
    });
    const mean = change.reduce((sum, value) => sum + value, 0) / M;
    for (let d = 0; d < M; d++) effects[d] = (effects[d] ?? 0) + ((change[d] ?? 0) - mean) / (M - 1);
  }
  return effects;
}
