/**
 * The simulation study of the surrogate: coverage of the predicted curve and of best weights, and of runs that stop at
 * a precision, beside naive stopping. `node scripts/soak-surrogate.ts [replicates]`; ends with 1 where a gate is missed.
 * Losses have no noise here, so what a surrogate leaves out is the same in every tenth of the jackknife: its intervals
 * are wide, and cover more than 95%.
 */
import { DESIGNS, stoppingCoverage, surrogateCoverage } from '../test/surrogate/coverage.ts';

const replicates = Math.ceil(Number(process.argv[2] ?? 1000) / 5);
const LEAST = 0.91;
const percent = (share: number) => `${(100 * share).toFixed(1)}%`.padStart(6);
const missed: string[] = [];

function gate(name: string, share: number, count: number): void {
  if (share + 3 * Math.sqrt((LEAST * (1 - LEAST)) / count) < LEAST) missed.push(`${name}: ${percent(share)}`);
}

for (const design of DESIGNS) {
  const { fitted, curve, weights, error, se } = surrogateCoverage(design, replicates);
  console.log(
    `${design.name.padEnd(36)} ${design.merges} merges, fitted ${fitted} of ${replicates}: curve ${percent(curve)}, mean error ${(1e3 * error).toFixed(2)} and se ${(1e3 * se).toFixed(2)} mnat; best weights ${percent(weights)}`,
  );
  gate(`${design.name}, curve`, curve, fitted);
  gate(`${design.name}, best weights`, weights, fitted);
}
for (const precision of [0.02, 0.01, 0.005]) {
  const { ours, naive, merges, naiveMerges } = stoppingCoverage(
    { pool: 7, spread: 0.5, rough: 0.002 },
    precision,
    replicates,
  );
  console.log(
    `stopping at ${1e3 * precision} mnat: all sizes at once ${percent(ours)} with ${merges.toFixed(0)} merges; naive ${percent(naive)} with ${naiveMerges.toFixed(0)}`,
  );
  gate(`stopping at ${precision}`, ours, replicates);
}
for (const gateName of missed) console.log(`MISSED: ${gateName}`);
process.exitCode = missed.length > 0 ? 1 : 0;
