import { describe, expect, it } from 'vitest';
import { Cancelled } from '../../core/law/cancelled.ts';
import type { CurveData } from '../../core/law/input.ts';
import { type Random, seededRandom } from '../../core/law/random.ts';
import { curveError } from '../../core/selection/curve-error.ts';
import type { Measured } from '../../core/selection/measured.ts';
import {
  type CandidatePool,
  candidatePools,
  type PoolsAsked,
  poolCurves,
} from '../../core/selection/pools/candidate-pools.ts';
import { withIntervals } from '../../core/selection/pools/pool-intervals.ts';
import { resample } from '../../core/selection/resample.ts';
import { normalised, type Samples, samplesOf } from '../../core/selection/samples.ts';
import { subsetError } from '../../core/selection/subset-error.ts';
import { typicalPoints } from '../../core/selection/typical.ts';
import { subsetsOf } from '../report/world.ts';

const WEIGHTS = normalised([1, 1]);
/** What each expert brings, nats: the first helps most, the last does harm. */
const EFFECTS = [-0.3, -0.1, -0.08, -0.05, 0.15];
const M = EFFECTS.length;

/** Loss of a subset on a sample of a given taste: a mean of what its members bring, and a tail. */
function lossOf(members: readonly number[], taste: number): number {
  const mean = members.reduce((sum, d) => sum + (EFFECTS[d] ?? 0), 0) / members.length;
  return 1.5 + (1 + taste) * mean + 0.2 / (members.length + 0.5);
}

function world(
  random: Random,
  perDomain: number,
  keep: (members: readonly number[]) => boolean = () => true,
) {
  const samples = samplesOf(
    ['d0', 'd1'].map((name) => ({
      name,
      tokens: Float64Array.from({ length: perDomain }, () => 5 + Math.floor(20 * random.uniform())),
    })),
  );
  const own = Float64Array.from(samples.tokens, () => 0.3 * random.normal());
  const taste = Float64Array.from(samples.tokens, () => 0.5 * random.normal());
  const measured = [1, 2, 3, 4, 5]
    .flatMap((k) => subsetsOf(M, k))
    .filter(keep)
    .map((members): Measured => {
      const nll = Float64Array.from(
        samples.tokens,
        (t, s) => t * (lossOf(members, taste[s] ?? 0) + (own[s] ?? 0)),
      );
      return { members, draws: 1, nll, domains: domainsOf(nll, samples) };
    });
  return { samples, measured };
}

function domainsOf(nll: Float64Array, samples: Samples): Float64Array {
  return Float64Array.from(samples.domains, (_, d) => {
    const part = nll.subarray(samples.start[d], samples.start[d + 1]);
    return part.reduce((sum, value) => sum + value, 0) / (samples.domainTokens[d] ?? 1);
  });
}

function ask({ samples, measured }: ReturnType<typeof world>) {
  const whole = typicalPoints(measured, M, samples);
  const subsets = subsetError(whole, measured, M, samples, WEIGHTS, null);
  const error = curveError(whole, samples, WEIGHTS, subsets);
  const curve: CurveData = {
    domain: null,
    N: null,
    pool: M,
    k: whole.map(({ k }) => k),
    mean: error.mean,
    covariance: error.covariance,
    weights: null,
    replicates: null,
    base: null,
    baseReplicates: null,
    chosenBeatsBase: null,
    exhaustive: true,
  };
  const asked: PoolsAsked = {
    curve,
    weights: WEIGHTS,
    form: 'signed',
    goal: { rule: 'within', value: 0.01 },
  };
  return { whole, asked, pools: poolCurves(measured, M, samples) };
}

const only = (candidates: readonly CandidatePool[], ...without: readonly number[]) => {
  const found = candidates.find((candidate) => candidate.without.join() === without.join());
  if (!found) throw new Error(`no pool without ${without.join()}`);
  return found;
};

describe('candidate pools', () => {
  it('are all with one expert left out and all with two, with the means of their own subsets', () => {
    const made = world(seededRandom(1), 20);
    const { asked, pools } = ask(made);
    const candidates = candidatePools(pools, asked);
    expect(candidates).toHaveLength(5 + 10);
    for (const { without, curve, pool } of candidates) {
      expect(pool).toBe(M - without.length);
      expect(curve.map(({ k }) => k)).toEqual(Array.from({ length: pool }, (_, i) => i + 1));
      for (const { k, loss } of curve) {
        const inside = made.measured.filter(
          ({ members }) => members.length === k && !members.some((d) => without.includes(d)),
        );
        const mean = inside.reduce(
          (sum, { domains }) => sum + ((domains[0] ?? 0) + (domains[1] ?? 0)) / 2,
          0,
        );
        expect(loss).toBeCloseTo(mean / inside.length, 12);
      }
    }
  });

  it('know the floor of each pool, and whose absence hurts', () => {
    const { asked, pools } = ask(world(seededRandom(2), 40));
    const candidates = candidatePools(pools, asked);
    const helpful = only(candidates, 0);
    const harmful = only(candidates, 4);
    // Of a pool whose subsets' effects average to their pool's mean, floors differ by that mean.
    const mean = (members: readonly number[]) =>
      members.reduce((sum, d) => sum + (EFFECTS[d] ?? 0), 0) / members.length;
    const shift = mean([1, 2, 3, 4]) - mean([0, 1, 2, 3, 4]);
    expect(helpful.floor_difference?.value).toBeCloseTo(helpful.difference?.value ?? 0, 6);
    expect(helpful.difference?.value).toBeGreaterThan(0.6 * shift);
    expect(harmful.difference?.value).toBeLessThan(0);
    expect(helpful.tail).toBeCloseTo(0.2, 5);
    expect(helpful.offset).toBeCloseTo(0.5, 4);
    expect(helpful.best?.k).toBe(4);
    // From k = 3 to 4 the tail still falls by 0.0127.
    expect(helpful.recommended_k).toBe(4);
    expect(only(candidates, 0, 1).difference?.value).toBeGreaterThan(helpful.difference?.value ?? 0);
  });

  it('have paired intervals that hold the truth as often as 95% should', () => {
    const random = seededRandom(30);
    // Tastes are about 0, so the truth is the difference of mean effects.
    const truth = (-0.1 - 0.08 - 0.05 + 0.15) / 4 - EFFECTS.reduce((sum, e) => sum + e, 0) / 5;
    let [loss, floor, levels] = [0, 0, 0];
    const runs = 60;
    for (let r = 0; r < runs; r++) {
      const made = world(random, 30);
      const { whole, asked, pools } = ask(made);
      const chosen = pools.slice(0, 1);
      const evidence = { ...made, whole, resamples: resample(made.samples, r, 200) };
      const [candidate] = withIntervals(candidatePools(chosen, asked), chosen, asked, evidence);
      const holds = (interval: CandidatePool['difference'] | undefined) =>
        interval?.low != null && interval.high != null && interval.low <= truth && truth <= interval.high;
      if (holds(candidate?.difference)) loss++;
      if (holds(candidate?.floor_difference)) floor++;
      levels += ((candidate?.difference?.high ?? 0) - (candidate?.difference?.low ?? 0)) / runs;
    }
    // 57 of 60 on average; fewer than 50 in 1 of 500.
    expect(loss).toBeGreaterThanOrEqual(50);
    expect(floor).toBeGreaterThanOrEqual(50);
    // Levels alone, unpaired, would be ± 0.1.
    expect(levels).toBeLessThan(0.06);
  });

  it('take subsets that were not merged into account, and say nothing of floors then', () => {
    const made = world(
      seededRandom(5),
      60,
      (members) => members.length !== 2 || members.reduce((a, b) => a + b) % 2 === 1,
    );
    const { whole, asked, pools } = ask(made);
    const evidence = { ...made, whole, resamples: resample(made.samples, 1, 50) };
    const candidates = withIntervals(candidatePools(pools, asked), pools, asked, evidence);
    for (const { floor_difference, difference, best } of candidates) {
      expect(floor_difference?.low ?? null).toBeNull();
      if (best && best.k > 2) expect(difference?.low).not.toBeNull();
    }
  });

  it('are given up when the answer is no longer wanted, within a pool of it', () => {
    const small = world(seededRandom(6), 5);
    const { asked, pools } = ask(small);
    let calls = 0;
    const cancelled = () => ++calls % 4 === 0;
    expect(() => poolCurves(small.measured, M, small.samples, [], cancelled)).toThrow(Cancelled);
    expect(() => candidatePools(pools, { ...asked, cancelled })).toThrow(Cancelled);
    expect(calls).toBe(8);
  });

  it('need three experts, and two for each pool', () => {
    const two = world(seededRandom(6), 5, (members) => members.every((d) => d < 2));
    expect(poolCurves(two.measured, 2, two.samples)).toEqual([]);
    const three = world(seededRandom(6), 5, (members) => members.every((d) => d < 3));
    expect(poolCurves(three.measured, 3, three.samples).map(({ without }) => without)).toEqual([
      [0],
      [1],
      [2],
    ]);
  });
});
