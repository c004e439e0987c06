/**
 * The simulation study of the law's intervals: `node scripts/soak-coverage.ts [replicates] [part of a design's name]`;
 * those over sizes take a tenth of the replicates.
 * Prints coverage with its Monte Carlo error and ends with 1 where a gate is missed.
 */
import { coverage, share } from '../test/law/coverage.ts';
import { DESIGNS } from '../test/law/designs.ts';
import { gates, summary } from '../test/law/gates.ts';
import { sizesCoverage } from '../test/law/sizes/coverage.ts';
import { SIZES_DESIGNS } from '../test/law/sizes/designs.ts';

const replicates = Number(process.argv[2] ?? 2000);
const part = process.argv[3] ?? '';
const results = [];
for (const design of DESIGNS.filter(({ name }) => name.includes(part))) {
  const started = performance.now();
  const result = coverage(design, replicates);
  results.push(result);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const warned = `${(100 * result.warned).toFixed(1)}%`;
  const mark = design.identified ? `; warned of in ${warned}` : ` — not identified, said so in ${warned}`;
  console.log(`${design.name} (seed ${design.seed}, ${seconds} s)${mark}`);
  for (const row of result.rows) {
    const p = share(row);
    // Rows that count several k's of a replicate are dependent: their error is at most that of one a replicate.
    const error = Math.sqrt((Math.max(p, 0.5 / replicates) * Math.max(1 - p, 0.5 / replicates)) / replicates);
    console.log(
      `  ${row.quantity.padEnd(24)}${(100 * p).toFixed(1).padStart(6)}% ± ${(100 * error).toFixed(1)}  ${row.kind.padEnd(11)} median width ${row.width === null ? '∞' : Number(row.width.toPrecision(3))}`,
    );
  }
}
console.log(`\n${summary(results)}`);
const missed = results.length > 0 ? gates(results, replicates) : [];
for (const design of SIZES_DESIGNS.filter(({ name }) => name.includes(part))) {
  console.log(`${design.name} (seed ${design.seed})`);
  for (const { quantity, covered, of, width } of sizesCoverage(design, Math.ceil(replicates / 10))) {
    const p = covered / of;
    console.log(
      `  ${quantity.padEnd(24)}${(100 * p).toFixed(1).padStart(6)}%  median width ${Number(width.toPrecision(3))}`,
    );
    if (p < 0.91) missed.push(`${design.name}: ${quantity} ${(100 * p).toFixed(1)}%`);
  }
}
for (const gate of missed) console.log(`MISSED: ${gate}`);
process.exitCode = missed.length > 0 ? 1 : 0;
