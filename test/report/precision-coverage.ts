/**
 * Intervals of a typical curve that rests on assisted means: each replicate draws new evaluation samples and a new order,
 * and merges as a run does, until it is precise.
 */
import { designOf } from '../../core/design/design.ts';
import { ReportMaker } from '../../core/report/make-report.ts';
import { membersAt } from '../../core/report/merge-table.ts';
import type { Cell, Curve, Report } from '../../core/report/report.ts';
import type { StudyDesign, Tally } from '../simulation/tally.ts';
import { trueRecommendedK } from './coverage.ts';
import { experimentOf, inputOf, planOf, subsetsOf, World, type WorldOptions, WorldResults } from './world.ts';

interface PrecisionDesign {
  readonly name: string;
  readonly world: WorldOptions;
  readonly precision: number;
  readonly at_most: number;
}

const BASE: WorldOptions = { seed: 17, experts: 7, domains: 3, samples: 40, spread: 0.35 };
/** Samples that hardly differ: what is left is the error from subsets. */
const QUIET: WorldOptions = { ...BASE, samples: 60, difficulty: 0.02, taste: 0.01, feeling: 0.01 };

const DESIGNS: readonly PrecisionDesign[] = [
  { name: 'precision 0.01', world: BASE, precision: 0.01, at_most: 128 },
  {
    name: 'precision 0.005, quiet, rough',
    world: { ...QUIET, rough: 0.005 },
    precision: 0.005,
    at_most: 128,
  },
  {
    name: 'precision, 50 merges, quiet, rough',
    world: { ...QUIET, rough: 0.005 },
    precision: 1e-4,
    at_most: 50,
  },
  {
    name: 'precision, 60 merges, hardly smooth',
    world: { ...QUIET, rough: 0.015 },
    precision: 1e-4,
    at_most: 60,
  },
];

export const PRECISION_DESIGNS: readonly StudyDesign[] = DESIGNS.map((design, index) => {
  const bestK = trueRecommendedK(new World(design.world));
  return {
    name: design.name,
    seed: 1750 + index,
    replicate: (tally, _, r) => {
      const world = new World(design.world, 1 + r, design.world.seed);
      const report = stopped(design, world, r);
      const [cell] = report.cells;
      const [curve, ...byDomain] = cell?.curves ?? [];
      if (!cell || !curve) return;
      const { means } = cell.typical;
      tally.event('rests on assisted means', 'power', means === 'assisted');
      countCurve(curve, (k) => world.typical(k), `${means} mean`, tally);
      for (const [d, own] of byDomain.entries())
        countCurve(own, (k) => world.typicalOn(d, k), `${means} mean of a domain`, tally);
      const k = curve.recommended_k;
      if (k) tally.interval('recommended k', bestK, { ...k, value: k.k }, 'cautious');
      countErrors(world, cell, tally);
    },
  };
});

/** Of a run that ends as soon as every mean is known as well as is asked. */
function stopped({ precision, at_most }: PrecisionDesign, world: World, seed: number): Report {
  const subsets = { kind: 'precision', precision, at_most } as const;
  const experiment = experimentOf(world, { subsets, seed });
  const plan = planOf(experiment);
  const results = new WorldResults(world);
  const input = { ...inputOf(world, { subsets, seed }, 0), experiment, plan, results };
  const maker = new ReportMaker();
  const { looks, rounds } = designOf(experiment);
  const anchors = plan.lines.length - rounds.flat().length;
  for (const look of looks) {
    results.feed(plan, plan.lines.slice(0, anchors + rounds.slice(0, look).flat().length));
    if (maker.make(input, { stage: 'points' }).precision?.stop !== null) break;
  }
  return maker.make(input, { stage: 'complete' });
}

function countCurve(
  { points, marginal_gain }: Curve,
  truth: (k: number) => number,
  quantity: string,
  tally: Tally,
): void {
  for (const { k, mean, low, high } of points) tally.interval(quantity, truth(k), { value: mean, low, high });
  for (const { k, gain, low, high } of marginal_gain ?? [])
    tally.interval(`gain, ${quantity}`, truth(k) - truth(k + 1), { value: gain, low, high });
}

/** How far the means are from those of all subsets on the same samples, beside plain means of the same merges. */
function countErrors(world: World, { curves, merges, typical }: Cell, tally: Tally): void {
  for (const { k, mean, subsets, of } of curves[0]?.points ?? []) {
    if (subsets === of) continue;
    const truth = onSamples(world, k);
    const own = merges.objective.filter((_, i) => membersAt(merges, i).length === k);
    tally.value(`${typical.means} mean, on these samples`, truth, mean);
    tally.value('plain means, on these samples', truth, own.reduce((sum, x) => sum + x, 0) / own.length);
  }
}

function onSamples(world: World, k: number): number {
  const losses = subsetsOf(world.pool.length, k).flatMap((members) =>
    world.domains.map((_, d) => {
      const { nll, tokens } = world.score(members, d);
      return nll / tokens;
    }),
  );
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
