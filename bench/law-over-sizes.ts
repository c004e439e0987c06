/**
 * Time of everything that goes with the law of three sizes and five methods over nine domains and 511 subsets, point
 * estimates and one method's intervals: `node bench/law-over-sizes.ts`. CPU time, warm.
 */
import type { CurveData } from '../core/law/input.ts';
import { seededRandom } from '../core/law/random.ts';
import { returnsOf } from '../core/law/returns.ts';
import { fitSizes } from '../core/law/sizes/fit-sizes.ts';
import { spreadLaw } from '../core/law/spread/spread-law.ts';
import { threePointTable } from '../core/law/three-point-table.ts';

const SIZES = [0.5, 1.5, 3];
const K = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const CURVES = 50;
const ROUNDS = 5;
const random = seededRandom(7);

function curves(replicates: number): CurveData[] {
  const shared = Array.from({ length: replicates }, () => 0.01 * random.normal());
  return SIZES.map((N) => {
    const truth = (k: number) => 0.6 + 0.4 * N ** -0.45 + (0.15 * N ** -0.25) / (k - 0.4);
    const mean = Float64Array.from(K, (k) => truth(k) + (0.001 / Math.sqrt(k)) * random.normal());
    const covariance = new Float64Array(81).fill(0.01 ** 2);
    K.forEach((k, i) => {
      covariance[i * 10] = 0.01 ** 2 + 0.001 ** 2 / k;
    });
    return {
      domain: null,
      N,
      pool: 9,
      k: K,
      mean,
      covariance,
      weights: null,
      replicates:
        replicates === 0
          ? null
          : Float64Array.from(
              shared.flatMap((level) =>
                K.map((k, i) => (mean[i] ?? 0) + level + (0.001 / Math.sqrt(k)) * random.normal()),
              ),
            ),
      base: 3,
      baseReplicates: null,
      chosenBeatsBase: null,
      exhaustive: true,
    };
  });
}

const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
const spread = () =>
  K.map((k) => ({
    k,
    variance: (1e-3 * (9 - k) * random.chiSquared(20)) / (160 * k),
    subsets: choose(9, k),
    of: choose(9, k),
  }));

function measure(work: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = process.cpuUsage();
    work();
    const used = process.cpuUsage(start);
    return (used.user + used.system) / 1000;
  });
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

function print(name: string, ms: number): void {
  console.log(`  ${name.padEnd(52)}${ms.toFixed(1).padStart(8)} ms`);
}

const points = Array.from({ length: CURVES }, () => curves(0));
const asked = {
  goal: { rule: 'within', value: 0.01 },
  form: null,
  forecast: [],
  epsilon: null,
  returns: [],
  interval: 'pool',
  stage: 'points',
  seed: 1,
  leaveOneOut: null,
} as const;
print(
  `joint laws, ${CURVES} of three sizes`,
  measure(() => points.forEach((each) => void fitSizes(each, { stage: 'points', seed: 1 }))),
);
print(
  `returns, ${3 * CURVES} curves`,
  measure(() => points.flat().forEach((each) => void returnsOf(each, asked))),
);
print(
  `spread over subsets, 15`,
  measure(() => Array.from({ length: 15 }, () => spreadLaw(spread(), 9))),
);
print(
  `three-point table, ${3 * CURVES} curves`,
  measure(() => void threePointTable(points.flat().map((each) => ({ ...each, method: 'average' })))),
);
const paired = Array.from({ length: 10 }, () => curves(1000));
print(
  'joint laws with intervals, 10 of 1,000 replicates',
  measure(() => paired.forEach((each) => void fitSizes(each, { stage: 'complete', seed: 1 }))),
);
