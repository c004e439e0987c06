/** What a simulation study counts: over seeded replicates of a known world, how often and how far estimates miss its truth. */
import type { Random } from '../../core/law/random.ts';
import { scattered } from '../selection/pool.ts';

/**
 * How a quantity is judged (gates.ts). `interval`: its 95% interval, which may neither miss too often nor too rarely.
 * `cautious`: one that may hold too often: integers, values at bounds, sets, all of several at once, forecasts and what
 * is wide by design. `approximate`: only printed. `alarm`: false alarms, nominally at most 5%. `told`: what has to be said is
 * said. `power`: printed; what is there is found. `value`: an estimate without an interval.
 */
export type RowKind = 'interval' | 'cautious' | 'approximate' | 'alarm' | 'told' | 'power' | 'value';

export interface Row {
  readonly design: string;
  readonly quantity: string;
  readonly kind: RowKind;
  /** Intervals that hold the truth, events, or the sum of shares; of so many. */
  readonly hits: number;
  readonly of: number;
  /** Independent ones: several of a replicate are dependent, so that this bounds the Monte Carlo error. */
  readonly replicates: number;
  /** Mean of estimate − truth, with its Monte Carlo standard error; null without an estimate. */
  readonly bias: { readonly mean: number; readonly error: number } | null;
  /** Median width of the intervals; null without intervals, or where half of them have no limit. Of a `value`: what holds 95% of them. */
  readonly width: number | null;
}

/** A committed design: replicate r draws from `random` and counts in `tally`. */
export interface StudyDesign {
  readonly name: string;
  readonly seed: number;
  readonly replicate: (tally: Tally, random: Random, r: number) => void;
}

interface Estimate {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

interface Count {
  readonly kind: RowKind;
  hits: number;
  of: number;
  readonly widths: number[];
  /** Mean error of each replicate. */
  readonly errors: number[];
  /** Of the replicate at work. */
  sum: number;
  estimates: number;
}

export class Tally {
  readonly #counts = new Map<string, Count>();

  /** An interval and its truth. None at all claims nothing and is not counted: `told` says how often there is one. */
  interval(
    quantity: string,
    truth: number,
    estimate: Estimate | null | undefined,
    kind: RowKind = 'interval',
  ): void {
    if (!estimate || (estimate.low === null && estimate.high === null)) return;
    const { value, low, high } = estimate;
    const count = this.event(quantity, kind, (low ?? -Infinity) <= truth && truth <= (high ?? Infinity));
    count.widths.push((high ?? Infinity) - (low ?? -Infinity));
    count.sum += value - truth;
    count.estimates += 1;
  }

  value(quantity: string, truth: number, value: number): void {
    const count = this.#count(quantity, 'value');
    count.sum += value - truth;
    count.estimates += 1;
  }

  event(quantity: string, kind: RowKind, happened: boolean): Count {
    const count = this.#count(quantity, kind);
    count.of += 1;
    if (happened) count.hits += 1;
    return count;
  }

  /** A share of a replicate, such as that of false ones among the flagged. */
  share(quantity: string, kind: RowKind, share: number): void {
    const count = this.#count(quantity, kind);
    count.of += 1;
    count.hits += share;
  }

  /** Closes a replicate. */
  next(): void {
    for (const count of this.#counts.values()) {
      if (count.estimates > 0) count.errors.push(count.sum / count.estimates);
      count.sum = 0;
      count.estimates = 0;
    }
  }

  rows(design: string, replicates: number): Row[] {
    return [...this.#counts].map(([quantity, { kind, hits, of, widths, errors }]) => ({
      design,
      quantity,
      kind,
      hits,
      of,
      replicates: of > 0 ? Math.min(of, replicates) : replicates,
      bias: meanOf(errors),
      width: kind === 'value' ? spreadOf(errors) : median(widths),
    }));
  }

  #count(quantity: string, kind: RowKind): Count {
    const known = this.#counts.get(quantity);
    if (known) return known;
    const made: Count = { kind, hits: 0, of: 0, widths: [], errors: [], sum: 0, estimates: 0 };
    this.#counts.set(quantity, made);
    return made;
  }
}

export function simulateDesign(design: StudyDesign, replicates: number): Row[] {
  const tally = new Tally();
  for (let r = 0; r < replicates; r++) {
    design.replicate(tally, scattered(design.seed * 100_003 + r), r);
    tally.next();
  }
  return tally.rows(design.name, replicates);
}

export function shareOf({ hits, of }: Pick<Row, 'hits' | 'of'>): number {
  return hits / of;
}

/** Standard error of a share, never of less than half an event. */
export function shareError(row: Row): number {
  const n = row.replicates;
  const p = Math.min(Math.max(shareOf(row), 0.5 / n), 1 - 0.5 / n);
  return Math.sqrt((p * (1 - p)) / n);
}

function meanOf(values: readonly number[]): Row['bias'] {
  const n = values.length;
  if (n === 0 || !values.every(Number.isFinite)) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: n > 1 ? Math.sqrt(squares / (n - 1) / n) : 0 };
}

function spreadOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return at(0.975) - at(0.025);
}

function median(values: readonly number[]): number | null {
  const middle = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  return middle !== undefined && Number.isFinite(middle) ? middle : null;
}
