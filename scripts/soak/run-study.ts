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
import { keepRows } from './kept-rows.ts';

/** Few replicates show what is broken, and are not kept. */
const KEPT = 1000;

/** Arguments: [replicates, 2,000] [part of a design's name, then nothing is kept]. Ends with 1 where a gate is missed. */
export function runStudy(study: string, designs: readonly StudyDesign[]): void {
  const replicates = Number(process.argv[2] ?? 2000);
  const part = process.argv[3] ?? '';
  const rows: Row[] = [];
  for (const design of designs.filter(({ name }) => name.includes(part))) {
    const started = performance.now();
    const own = simulateDesign(design, replicates);
    rows.push(...own);
    if (part === '' && replicates >= KEPT) keepRows(study, rows);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(`${design.name} (seed ${design.seed}, ${seconds} s)`);
    for (const row of own)
      console.log(
        `  ${lineOf(row)}${missesGate(row, 'all') ? (knownMiss(row) ? '  does not hold' : '  MISSED') : ''}`,
      );
  }
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
