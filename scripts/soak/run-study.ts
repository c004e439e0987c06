/** Runs a simulation study from the command line, prints its rows, and keeps them for docs/simulations.md. */
import { meanCoverage, missedGates, missesGate } from '../../test/simulation/gates.ts';
import { knownMiss } from '../../test/simulation/known-misses.ts';
import {
  type Row,
  type StudyDesign,
  shareError,
  shareOf,
  simulateDesign,
} from '../../test/simulation/tally.ts';
import { type KeptDesign, type KeptStudy, keep, keptSoFar } from './kept-rows.ts';
import { sourceDigest } from './source-digest.ts';

/** Few replicates show what is broken, and are not kept. */
const KEPT = 1000;

/**
 * Arguments: [replicates, 2,000] [part of a design's name, then nothing is kept]. A study that was stopped goes on with
 * the designs that it lacks, unless what they simulate has changed. Ends with 1 where a gate is missed.
 */
export function runStudy(study: string, designs: readonly StudyDesign[]): void {
  const replicates = Number(process.argv[2] ?? 2000);
  const part = process.argv[3] ?? '';
  const keeps = part === '' && replicates >= KEPT;
  const source = sourceDigest(process.argv[1] as string);
  const before = keeps ? keptSoFar<KeptStudy>(study) : null;
  const earlier = before?.source === source ? [...before.designs] : [];
  const counted: KeptDesign[] = [];
  for (const design of designs.filter(({ name }) => name.includes(part))) {
    const { name, seed } = design;
    const started = performance.now();
    const at = earlier.findIndex(
      (own) => own.name === name && own.seed === seed && own.replicates === replicates,
    );
    const [known] = at < 0 ? [] : earlier.splice(at, 1);
    counted.push(known ?? { name, seed, replicates, rows: simulateDesign(design, replicates) });
    if (keeps) keep(study, { source, designs: [...counted, ...earlier] } satisfies KeptStudy);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(`${name} (seed ${seed}, ${known ? 'counted before' : `${seconds} s`})`);
    for (const row of counted.at(-1)?.rows ?? [])
      console.log(
        `  ${lineOf(row)}${missesGate(row, 'all') ? (knownMiss(row) ? '  does not hold' : '  MISSED') : ''}`,
      );
  }
  const rows = counted.flatMap((design) => design.rows);
  const mean = meanCoverage(rows);
  if (mean !== null) console.log(`\nmean coverage ${(100 * mean).toFixed(2)}%`);
  const missed = missedGates(rows);
  for (const gate of missed) console.log(`MISSED: ${gate}`);
  process.exitCode = missed.length > 0 ? 1 : 0;
}

function lineOf(row: Row): string {
  const share =
    row.kind === 'value'
      ? ''.padStart(14)
      : `${(100 * shareOf(row)).toFixed(1).padStart(6)}% ± ${(196 * shareError(row)).toFixed(1)}`.padEnd(14);
  const bias = row.bias ? `  bias ${digits(row.bias.mean)} ± ${digits(1.96 * row.bias.error)}` : '';
  const width = row.width === null ? '' : `  width ${digits(row.width)}`;
  return `${row.quantity.padEnd(44)}${share}  ${row.kind.padEnd(11)}${bias}${width}`;
}

function digits(value: number): string {
  return String(Number(value.toPrecision(2)));
}
