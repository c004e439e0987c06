/**
 * Coverage of a Report's intervals over many replicates of known worlds, with its Monte Carlo error. Exits with 1
 * where a gate is missed: for the typical curve, on average over k 93 to 97% and at no k below 91% (three Monte Carlo
 * errors allowed); intervals about experts like these are approximate and only printed. Permutations are spread over
 * all orders on purpose, so their means vary less than those of independent ones, which the intervals assume: they may
 * cover too often, never too rarely.
 *
 * node scripts/soak-report.ts [replicates]
 */
import { coverage, DESIGNS, type Tally } from '../test/report/coverage.ts';

const replicates = Number(process.argv[2] ?? 1000);
const percent = (share: number) => `${(100 * share).toFixed(1)}%`.padStart(6);
const error = ({ share, total }: Tally) => Math.sqrt((share * (1 - share)) / total);
let missed = 0;

for (const design of DESIGNS) {
  const start = performance.now();
  const result = coverage(design, 0, replicates);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const byK = [...result.typical].sort(([a], [b]) => a - b);
  const mean = byK.reduce((sum, [, tally]) => sum + tally.share, 0) / byK.length;
  console.log(`${design.name} (${replicates} replicates, ${seconds} s)`);
  console.log(
    `  typical curve ${percent(mean)}   by k: ${byK.map(([k, tally]) => `${k}: ${percent(tally.share)} ± ${(100 * error(tally)).toFixed(1)}`).join('  ')}`,
  );
  if (design.interval === 'population') continue;
  for (const [name, tally] of Object.entries({
    'effects of experts': result.attribution,
    'chosen subset, cross-fitted': result.chosen,
    'recommended k': result.recommended,
  }))
    console.log(
      `  ${name.padEnd(28)} ${percent(tally.share)} ± ${(100 * error(tally)).toFixed(1)} (${tally.total})`,
    );
  const low = byK.filter(([, tally]) => tally.share + 3 * error(tally) < 0.91);
  const tooOften = design.subsets.kind !== 'permutations' && mean > 0.97;
  if (mean < 0.93 || tooOften || low.length > 0) {
    missed += 1;
    console.log('  GATE MISSED');
  }
}
process.exitCode = missed > 0 ? 1 : 0;
