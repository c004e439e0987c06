/**
 * How the losses of all merges of a k lie, for a drawing where dots would be too many. Every number is the loss of one
 * measured merge, found by counting in sorted order.
 */
import type { MergeTable } from '../../../core/report/report.ts';
import { lossAt, subsetSizes } from './columns.ts';

export interface SpreadOfK {
  readonly k: number;
  readonly merges: number;
  readonly lowest: number;
  readonly p5: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
  readonly highest: number;
  /** Rows of the lowest and the highest merge. */
  readonly lowestRow: number;
  readonly highestRow: number;
}

export function spreadByK(table: MergeTable, domain: number | null): SpreadOfK[] {
  const sizes = subsetSizes(table);
  const rows = new Map<number, number[]>();
  for (let i = 0; i < table.count; i++) {
    if (!Number.isFinite(lossAt(table, i, domain))) continue;
    const k = sizes[i] ?? 0;
    const group = rows.get(k);
    if (group) group.push(i);
    else rows.set(k, [i]);
  }
  return [...rows].sort(([a], [b]) => a - b).map(([k, group]) => spreadOf(table, domain, k, group));
}

function spreadOf(table: MergeTable, domain: number | null, k: number, rows: readonly number[]): SpreadOfK {
  const losses = Float64Array.from(rows, (i) => lossAt(table, i, domain));
  let lowestRow = 0;
  let highestRow = 0;
  for (let j = 1; j < losses.length; j++) {
    if ((losses[j] as number) < (losses[lowestRow] as number)) lowestRow = j;
    if ((losses[j] as number) > (losses[highestRow] as number)) highestRow = j;
  }
  const sorted = losses.slice().sort();
  // Nearest rank: the smallest loss that at least this share of the merges do not exceed.
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
  return {
    k,
    merges: rows.length,
    lowest: at(0),
    p5: at(0.05),
    p25: at(0.25),
    p50: at(0.5),
    p75: at(0.75),
    p95: at(0.95),
    highest: at(1),
    lowestRow: rows[lowestRow] as number,
    highestRow: rows[highestRow] as number,
  };
}
