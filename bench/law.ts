/** Time to fit one objective and nine domains, each of nine k's with 1,000 replicates: `node bench/law.ts`. CPU time, warm. */

import { fitCurve } from '../core/law/fit-curve.ts';
import type { CurveData, FitOptions } from '../core/law/input.ts';
import { seededRandom } from '../core/law/random.ts';

const REPLICATES = 1000;
const CURVES = 10;
const ROUNDS = 20;

function curves(): CurveData[] {
  const random = seededRandom(7);
  const k = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const covariance = new Float64Array(81).fill(0.01 ** 2);
  k.forEach((kk, i) => {
    covariance[i * 9 + i] = 0.01 ** 2 + 0.001 ** 2 / kk;
  });
  const draw = (center: (i: number) => number) => {
    const level = 0.01 * random.normal();
    return k.map((kk, i) => center(i) + level + (0.001 / Math.sqrt(kk)) * random.normal());
  };
  return Array.from({ length: CURVES }, (_, c) => {
    const mean = draw((i) => 0.7 + (0.05 + 0.01 * c) / (i + 1.5));
    return {
      domain: c === 0 ? null : `domain ${c}`,
      N: null,
      pool: 9,
      k,
      mean: Float64Array.from(mean),
      covariance,
      weights: null,
      replicates: Float64Array.from(
        Array.from({ length: REPLICATES }, () => draw((i) => mean[i] ?? 0)).flat(),
      ),
      base: 0.8,
      baseReplicates: Float64Array.from({ length: REPLICATES }, () => 0.8 + 0.01 * random.normal()),
      chosenBeatsBase: true,
      exhaustive: true,
    };
  });
}

function measure(data: readonly CurveData[], options: FitOptions): number {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    for (const curve of data) fitCurve(curve, options);
    const used = process.cpuUsage(start);
    times.push((used.user + used.system) / 1000);
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

const all = curves();
const gaps = all.map((curve) => ({ ...curve, pool: 12 }));
const base: FitOptions = {
  goal: { rule: 'within', value: 0.01 },
  form: null,
  forecast: [12],
  epsilon: null,
  returns: [],
  interval: 'pool',
  stage: 'points',
  seed: 1,
  leaveOneOut: null,
};
const points = measure(
  all.map((curve) => ({ ...curve, replicates: null, baseReplicates: null })),
  base,
);
const complete = measure(all, { ...base, stage: 'complete' });
const refitted = measure(gaps, { ...base, stage: 'complete' });
console.log(`law, ${CURVES} curves of 9 k's, median CPU time of ${ROUNDS} rounds`);
console.log(`  points                                   ${points.toFixed(1).padStart(8)} ms   (at most 15)`);
console.log(
  `  complete, every k measured               ${complete.toFixed(1).padStart(8)} ms   (at most 1500)`,
);
console.log(
  `  complete, law refitted to each replicate ${refitted.toFixed(1).padStart(8)} ms   (at most 1500)`,
);
console.log(`  complete / points                        ${(complete / points).toFixed(1).padStart(8)}`);
