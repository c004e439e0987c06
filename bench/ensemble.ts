/**
 * The ensemble's numbers for 1,000 models on 5,000 samples: the expected oracle of every k, against sorting every sample
 * alone, which is the least that it takes; the whole report of 12 and of 20 models on 1,000 samples; and of 1,000 models of 100 families. CPU
 * milliseconds: `npm run bench ensemble`.
 */

import { expectedMinima, rankTotals } from '../core/ensemble/expected-oracle.ts';
import { makeEnsembleReport } from '../core/ensemble/make-report.ts';
import { seededRandom } from '../core/law/random.ts';
import { inputOf, noise } from '../test/ensemble/pools.ts';

const [MODELS, SAMPLES] = [1000, 5000];

/** Milliseconds of this process's CPU: other work on the machine does not count. */
function timed(work: () => unknown): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const random = seededRandom(1);
const rows = Array.from({ length: MODELS }, () => ({
  nll: Float64Array.from({ length: SAMPLES }, () => 100 * random.uniform()),
  domains: new Float64Array(0),
}));
const scale = new Float64Array(SAMPLES).fill(1 / SAMPLES);
const row = new Float64Array(MODELS);

const sorting = timed(() => {
  for (let s = 0; s < SAMPLES; s++) {
    for (let m = 0; m < MODELS; m++) row[m] = rows[m]?.nll[s] ?? 0;
    row.sort();
  }
});
const oracle = timed(() => rankTotals(rows, [scale]).map(expectedMinima));

const ms = (value: number) => `${value.toFixed(0).padStart(6)} ms`;
console.log(`${MODELS} models on ${SAMPLES} samples`);
console.log(
  `  expected oracle at every k ${ms(oracle)} (goal 1000), ${(oracle / sorting).toFixed(1)} times sorting alone`,
);
for (const [models, samples, families] of [
  [12, 1000, 4],
  [20, 1000, 4],
  [40, 1000, 4],
  [1000, 200, 100],
] as const) {
  const input = inputOf(
    noise(models, samples, 1),
    Array.from({ length: models }, (_, m) => ({
      family: `f${m % families}`,
      parameters: 1e9 * (1 + (m % 5)),
    })),
  );
  console.log(`${models} models of ${families} families on ${samples} samples`);
  for (const stage of ['points', 'complete'] as const)
    console.log(`  report, ${stage.padEnd(9)} ${ms(timed(() => makeEnsembleReport(input, { stage })))}`);
}
