/** Differences on the same samples: between methods, between candidate pools, and between step lengths. */
import type { CurveData } from '../../../core/law/input.ts';
import { curveError, halfWidth } from '../../../core/selection/curve-error.ts';
import type { Measured } from '../../../core/selection/measured.ts';
import { methodDifferences } from '../../../core/selection/method-difference.ts';
import {
  candidatePools,
  type PoolsAsked,
  poolCurves,
} from '../../../core/selection/pools/candidate-pools.ts';
import { withIntervals } from '../../../core/selection/pools/pool-intervals.ts';
import { resample } from '../../../core/selection/resample.ts';
import type { DomainWeights, Samples } from '../../../core/selection/samples.ts';
import { subsetError } from '../../../core/selection/subset-error.ts';
import { typicalPoints } from '../../../core/selection/typical.ts';
import { subsetsOf, World } from '../../report/world.ts';
import {
  type Drawn,
  everySubset,
  measuredIn,
  perSize,
  SIX_EXPERTS,
  samplesIn,
  sweepsOfSix,
  trueIn,
  UNEQUAL_DOMAINS,
  weightsIn,
} from '../sweeps.ts';
import type { StudyDesign } from '../tally.ts';

/** Averages against averages that go four fifths of the way. */
const SCALE = 0.8;
const RESAMPLES = 150;

const PARTS = [
  ...sweepsOfSix(8),
  {
    name: 'domains of 10, 40 and 200 samples, unequal weights',
    world: { ...SIX_EXPERTS, ...UNEQUAL_DOMAINS },
    sampling: perSize(8),
  },
];

export const METHOD_DESIGNS: readonly StudyDesign[] = PARTS.map(
  ({ name, world: options, sampling }, index) => {
    const fixed = new World(options);
    const M = options.experts;
    return {
      name: `methods: ${name}`,
      seed: 2400 + index,
      replicate: (tally, random, r) => {
        const world = new World(options, 1 + r, options.seed);
        const samples = samplesIn(world);
        const weights = weightsIn(world);
        const { subsets, permutations } = sampling(M, random);
        const [own, other] = [SCALE, 1].map((scale) => measuredIn(world, subsets, scale));
        for (const { point, measured } of methodDifferences(own ?? [], other ?? [], M, samples)) {
          const errors = subsetError([point], measured, M, samples, weights, permutations);
          const { mean, covariance, freedom } = curveError([point], samples, weights, errors);
          if (!covariance) continue;
          const half = halfWidth(covariance[0] ?? 0, freedom[0] ?? 1);
          const value = mean[0] ?? Number.NaN;
          const truth = fixed.typical(point.k, SCALE) - fixed.typical(point.k);
          tally.interval(`difference, k = ${point.k}`, truth, {
            value,
            low: value - half,
            high: value + half,
          });
        }
      },
    };
  },
);

export const POOL_DESIGNS: readonly StudyDesign[] = PARTS.filter((_, i) => i !== 1).map(
  ({ name, world: options, sampling }, index) => {
    const fixed = new World(options);
    const M = options.experts;
    const exact = trueIn(fixed, samplesIn(fixed), everySubset(M, { uniform: () => 0 } as never).subsets);
    const truth = candidatePools(
      poolCurves(exact, M, samplesIn(fixed)).slice(0, M),
      askedOf(exact, null, M, samplesIn(fixed), weightsIn(fixed)).asked,
    );
    return {
      name: `candidate pools: ${name}`,
      seed: 2500 + index,
      replicate: (tally, random, r) => {
        const world = new World(options, 1 + r, options.seed);
        const samples = samplesIn(world);
        const weights = weightsIn(world);
        const { subsets, permutations } = sampling(M, random);
        const measured = measuredIn(world, subsets);
        const { asked, whole } = askedOf(measured, permutations, M, samples, weights);
        const pools = poolCurves(measured, M, samples).slice(0, M);
        const resamples = resample(samples, r, RESAMPLES);
        const found = withIntervals(candidatePools(pools, asked), pools, asked, {
          measured,
          samples,
          resamples,
          whole,
        });
        for (const [i, { without, best, difference, floor_difference }] of found.entries()) {
          if (!best) continue;
          const at = typicalWithout(fixed, without, best.k) - fixed.typical(best.k);
          tally.interval('loss without one', at, difference);
          // The floor's percentiles lean on a fit with bounds.
          const floor = truth[i]?.floor_difference?.value;
          if (floor !== undefined) tally.interval('floor without one', floor, floor_difference, 'cautious');
        }
      },
    };
  },
);

function typicalWithout(world: World, without: readonly number[], k: number): number {
  const subsets = subsetsOf(world.pool.length, k).filter(
    (members) => !without.some((d) => members.includes(d)),
  );
  return subsets.reduce((sum, members) => sum + world.macro(members), 0) / subsets.length;
}

/** The whole pool's curve, as the report makes it. */
function askedOf(
  measured: readonly Measured[],
  permutations: Drawn['permutations'],
  pool: number,
  samples: Samples,
  weights: DomainWeights,
) {
  const whole = typicalPoints(measured, pool, samples);
  const subsets = subsetError(whole, measured, pool, samples, weights, permutations);
  const error = curveError(whole, samples, weights, subsets);
  const curve: CurveData = {
    domain: null,
    N: null,
    pool,
    k: whole.map(({ k }) => k),
    mean: error.mean,
    covariance: error.covariance,
    weights: null,
    replicates: null,
    base: null,
    baseReplicates: null,
    chosenBeatsBase: null,
    exhaustive: whole.every(({ exhaustive }) => exhaustive),
  };
  const asked: PoolsAsked = { curve, weights, form: 'signed', goal: { rule: 'within', value: 0.01 } };
  return { asked, whole };
}
