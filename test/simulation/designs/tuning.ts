/** Step length: best scales, what tuning saves, and how much of the curve's fall it explains. */

import { estimatedFrom } from '../../../core/selection/estimated.ts';
import { foldsOf } from '../../../core/selection/folds.ts';
import { meanLosses, objectiveOf } from '../../../core/selection/measured.ts';
import { resample } from '../../../core/selection/resample.ts';
import { subsetError } from '../../../core/selection/subset-error.ts';
import { fallOfCurve, type Gain, meanGains, sampleError } from '../../../core/selection/tuned-curve.ts';
import { tuneSubset } from '../../../core/selection/tuned-subset.ts';
import { typicalPoints } from '../../../core/selection/typical.ts';
import { subsetsOf, World, type WorldOptions } from '../../report/world.ts';
import { lossesIn, measuredIn, perSize, samplesIn, weightsIn } from '../sweeps.ts';
import type { StudyDesign } from '../tally.ts';

const SCALES = [0, 0.25, 0.5, 0.75, 1, 1.5, 2];
/** Subsets tuned at each k between one expert and all. */
const TUNED = 2;
const RESAMPLES = 200;
const BASE: WorldOptions = { seed: 5, experts: 6, domains: 3, samples: 40, scaled: true };

const PARTS: readonly { readonly name: string; readonly world: WorldOptions }[] = [
  { name: '40 samples', world: BASE },
  { name: '12 samples', world: { ...BASE, samples: 12 } },
  { name: 'samples of strong taste', world: { ...BASE, taste: 0.4 } },
];

export const TUNING_DESIGNS: readonly StudyDesign[] = PARTS.map(({ name, world: options }, index) => {
  const fixed = new World(options);
  const M = options.experts;
  const best = new Map(
    Array.from({ length: M }, (_, i) => subsetsOf(M, i + 1))
      .flat()
      .map((members) => [members.join(), bestOf(fixed, members)]),
  );
  const lossAt = (k: number) =>
    mean(subsetsOf(M, k).map((members) => best.get(members.join())?.loss ?? Number.NaN));
  return {
    name: `step length: ${name}`,
    seed: 2600 + index,
    replicate: (tally, random, r) => {
      const world = new World(options, 1 + r, options.seed);
      const samples = samplesIn(world);
      const weights = weightsIn(world);
      const folds = foldsOf(samples, r);
      const { subsets } = perSize(TUNED)(M, random);
      const gains = subsets.map(({ members }): Gain => {
        const merges = SCALES.map((scale) => ({ scale, losses: lossesIn(world, members, scale) }));
        const found = tuneSubset(merges, samples, weights, folds, true);
        const truth = best.get(members.join()) ?? { scale: Number.NaN, loss: Number.NaN };
        // Beyond the scales tried an end has no limit.
        tally.interval('best scale', truth.scale, found.scale, found.on_edge ? 'approximate' : 'interval');
        const own = lossesIn(world, members);
        const losses = meanLosses([own, found.losses], [1, -1], samples);
        const error = sampleError(losses, samples, weights, true);
        const saved = estimatedFrom(objectiveOf(losses, weights), [error]);
        tally.interval('tuning saves, a subset', fixed.macro(members) - truth.loss, saved);
        const tuned = estimatedFrom(objectiveOf(found.losses, weights), [
          sampleError(found.losses, samples, weights, true),
        ]);
        tally.interval('loss at the best scale', truth.loss, tuned);
        return { k: members.length, losses };
      });
      const means = meanGains(gains, (k) => subsetsOf(M, k).length, samples, weights);
      for (const { k, losses, subsetError } of means) {
        const own = estimatedFrom(objectiveOf(losses, weights), [
          sampleError(losses, samples, weights, true),
          subsetError,
        ]);
        const all = k === 1 || k === M;
        tally.interval(
          all ? 'tuning saves, all tuned' : 'tuning saves, two tuned',
          fixed.typical(k) - lossAt(k),
          own,
        );
      }
      const measured = measuredIn(world, subsets);
      const points = typicalPoints(measured, M, samples);
      const errors = subsetError(points, measured, M, samples, weights, null);
      for (const [at, { k, losses }] of points.entries()) {
        const gain = means.find((each) => each.k === k);
        if (!gain || !errors) continue;
        const tuned = meanLosses([losses, gain.losses], [1, -1], samples);
        const typical = {
          variance: errors.clusters.reduce((sum, cluster) => sum + (cluster[at] ?? 0) ** 2, 0),
          freedom: errors.freedom[at] ?? 0,
        };
        // A subset of high loss gains more: the sum of both errors is too large.
        tally.interval(
          'tuned typical loss',
          lossAt(k),
          estimatedFrom(objectiveOf(tuned, weights), [
            sampleError(tuned, samples, weights, true),
            typical,
            gain.subsetError,
          ]),
          'cautious',
        );
      }
      const ends = [1, M].map((k) => {
        const gain = means.find((each) => each.k === k);
        const typical = points.find((each) => each.k === k)?.losses;
        return gain && typical ? { gain, typical } : null;
      });
      const [first, last] = ends;
      if (!first || !last) return;
      const fall = fallOfCurve(first, last, samples, weights, resample(samples, r, RESAMPLES), r);
      const whole = fixed.typical(1) - fixed.typical(M);
      const experts = lossAt(1) - lossAt(M);
      tally.interval('fall of the curve', whole, fall.fall);
      tally.interval('more experts', experts, fall.experts);
      tally.interval('step length', whole - experts, fall.step);
      tally.interval('share of step length', 1 - experts / whole, fall.share);
    },
  };
});

/** Loss over the scale is a parabola here: its lowest point by three of its points, between the scales tried. */
function bestOf(world: World, members: readonly number[]): { readonly scale: number; readonly loss: number } {
  const [a = 0, b = 0, c = 0] = [0, 1, 2].map((scale) => world.macro(members, null, scale));
  const scale = Math.min(2, Math.max(0, (3 * a - 4 * b + c) / (2 * (a - 2 * b + c))));
  return { scale, loss: world.macro(members, null, scale) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
