/**
 * Coverage of an ensemble's 95% intervals over many replicates of known worlds, with its Monte Carlo error. Exits with
 * 1 where one is below 91%, three Monte Carlo errors allowed, or where those that are not wide by nature have a mean
 * outside 93 to 97%. `node scripts/soak-ensemble.ts [replicates] [part of a design's name]`
 */
import { coverage, DESIGNS } from '../test/ensemble/coverage.ts';

const replicates = Math.min(1000, Number(process.argv[2] ?? 500));
const part = process.argv[3] ?? '';
const shares: number[] = [];
let missed = 0;
for (const design of DESIGNS.filter(({ name }) => name.includes(part))) {
  const started = performance.now();
  const rows = coverage(design, replicates);
  console.log(`${design.name} (${((performance.now() - started) / 1000).toFixed(0)} s)`);
  for (const { quantity, covered, of } of rows) {
    const share = covered / of;
    const error = Math.sqrt((share * (1 - share)) / of);
    const low = share + 3 * error < 0.91;
    if (low) missed += 1;
    if (!design.conservative) shares.push(share);
    const figures = `${(100 * share).toFixed(1).padStart(6)}% ± ${(100 * error).toFixed(1)}`;
    console.log(`  ${quantity.padEnd(14)}${figures}${low ? '  MISSED' : ''}`);
  }
}
if (shares.length > 0) {
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const outside = mean < 0.93 || mean > 0.97;
  console.log(`mean ${(100 * mean).toFixed(2)}%${outside ? '  MISSED' : ''}`);
  if (outside) missed += 1;
}
process.exitCode = missed > 0 ? 1 : 0;
