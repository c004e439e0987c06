/**
 * How often a Report's 95% intervals hold the truth of a known world: each replicate draws new evaluation samples, a
 * new design and, where the interval speaks of experts like these, new experts.
 */
import type { Subsets } from '../../core/experiment/experiment.ts';
import { ReportMaker } from '../../core/report/make-report.ts';
import type { Estimated, Report } from '../../core/report/report.ts';
import { inputOf, subsetsOf, World, type WorldOptions } from './world.ts';

export interface CoverageDesign {
  readonly name: string;
  readonly world: WorldOptions;
  readonly subsets: Subsets;
  readonly interval: 'pool' | 'population';
}

/** Hits of each quantity over replicates. */
export class Tally {
  hits = 0;
  total = 0;

  add(hit: boolean): void {
    this.total += 1;
    if (hit) this.hits += 1;
  }

  get share(): number {
    return this.hits / this.total;
  }
}

const BASE: WorldOptions = { seed: 17, experts: 7, domains: 3, samples: 40, spread: 0.35 };

/** Samples that hardly differ: what is left is the error from subsets. */
const QUIET: WorldOptions = { ...BASE, samples: 60, difficulty: 0.02, taste: 0.01, feeling: 0.01 };

export const DESIGNS: readonly CoverageDesign[] = [
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
];

export interface Coverage {
  /** The typical curve, by k. */
  readonly typical: ReadonlyMap<number, Tally>;
  /** Each expert's effect. */
  readonly attribution: Tally;
  /** The chosen subset's true loss within its cross-fitted interval. */
  readonly chosen: Tally;
  /** The recommended k of the true typical curve within its interval. */
  readonly recommended: Tally;
}

/** Runs the replicates `from` to `to` (exclusive) of a design. */
export function coverage(design: CoverageDesign, from: number, to: number): Coverage {
  const typical = new Map<number, Tally>();
  const result = { typical, attribution: new Tally(), chosen: new Tally(), recommended: new Tally() };
  const fixed = new World(design.world);
  const truths = trueEffects(fixed);
  const bestK = trueRecommendedK(fixed);
  for (let replicate = from; replicate < to; replicate++) {
    const experts = design.interval === 'population' ? 1 + replicate : design.world.seed;
    const world = new World(design.world, 1 + replicate, experts);
    const input = inputOf(world, {
      subsets: design.subsets,
      seed: replicate,
      goals: { interval: design.interval },
    });
    const report = new ReportMaker().make(input, { stage: 'complete' });
    typicalHits(report, world, design.interval, typical);
    if (design.interval === 'population') continue;
    const cell = report.cells[0];
    for (const [d, each] of (cell?.selection?.attribution ?? []).entries())
      if (each) result.attribution.add(holds(each.effect, truths[d] ?? Number.NaN));
    for (const { members, cross_fitted, measured } of cell?.selection?.chosen ?? [])
      if (measured > 1) result.chosen.add(holds(cross_fitted, world.macro(members)));
    const recommended = cell?.curves[0]?.recommended_k;
    if (recommended && recommended.low !== null && recommended.high !== null)
      result.recommended.add(recommended.low <= bestK && bestK <= recommended.high);
  }
  return result;
}

function typicalHits(
  report: Report,
  world: World,
  interval: 'pool' | 'population',
  typical: Map<number, Tally>,
): void {
  for (const { k, mean, low, high } of report.cells[0]?.curves[0]?.points ?? []) {
    if (low === null || high === null) continue;
    const tally = typical.get(k) ?? new Tally();
    typical.set(k, tally);
    tally.add(
      holds({ value: mean, low, high }, interval === 'pool' ? world.typical(k) : world.population(k)),
    );
  }
}

function holds({ low, high }: Estimated, truth: number): boolean {
  return low !== null && high !== null && low <= truth && truth <= high;
}

/** The goal `within: 0.01` on the true typical curve. */
function trueRecommendedK(world: World): number {
  const curve = world.pool.map((_, i) => world.typical(i + 1));
  const lowest = Math.min(...curve);
  return 1 + curve.findIndex((loss) => loss - lowest <= 0.01);
}

/** Attribution by its definition, on true losses. */
export function trueEffects(world: World): number[] {
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
