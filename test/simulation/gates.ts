/** What the rows of a simulation study have to reach. */
import { knownMiss } from './known-misses.ts';
import { type Row, shareError, shareOf } from './tally.ts';

export const MEAN = [0.93, 0.97] as const;
export const EACH = 0.91;
export const ALARM = 0.05;
export const TOLD = 0.95;

/** `all` that is measured counts as it is; of `few` replicates only what chance alone hardly ever brings (three sigma). */
export type Judgement = 'all' | 'few';

const HARDLY_EVER = 0.00135;
/** Fewer replicates of a design are always few. */
export const MANY = 1000;

/** Names every gate that is missed, but for those known; empty when all hold. */
export function missedGates(rows: readonly Row[], judgement: Judgement = 'all'): string[] {
  const missed = rows
    .filter((row) => missesGate(row, judgement) && !knownMiss(row))
    .map((row) => `${row.design}: ${row.quantity} ${percent(row)}`);
  const mean = meanCoverage(rows);
  const slack = judgement === 'few' ? 3 * meanError(rows) : 0;
  if (mean !== null && (mean + slack < MEAN[0] || mean - slack > MEAN[1]))
    missed.push(`mean coverage ${(100 * mean).toFixed(2)}%`);
  return missed;
}

/** A false alarm at its nominal rate is measured above it half of the time: what chance may bring is always allowed. */
export function missesGate(row: Row, judgement: Judgement): boolean {
  switch (row.kind) {
    case 'interval':
    case 'cautious':
      return isShort(row, EACH, judgement);
    case 'told':
      return isShort(row, TOLD, judgement);
    case 'alarm':
      return atLeast(row, ALARM) < HARDLY_EVER;
    case 'approximate':
    case 'power':
    case 'value':
      return false;
  }
}

function isShort(row: Row, least: number, judgement: Judgement): boolean {
  if (judgement === 'all' && row.replicates >= MANY) return shareOf(row) < least;
  return atLeast({ ...row, hits: row.of - row.hits }, 1 - least) < HARDLY_EVER;
}

/** Probability of so many hits or more at a rate, over as many replicates as are independent. */
function atLeast({ hits, of, replicates: n }: Row, rate: number): number {
  const least = Math.round((hits / of) * n);
  let logarithm = n * Math.log1p(-rate);
  let below = 0;
  for (let i = 0; i < least; i++) {
    below += Math.exp(logarithm);
    logarithm += Math.log(((n - i) / (i + 1)) * (rate / (1 - rate)));
  }
  return 1 - below;
}

/** Over rows that may neither miss too often nor too rarely; null without any. */
export function meanCoverage(rows: readonly Row[]): number | null {
  const shares = rows.filter(({ kind }) => kind === 'interval').map(shareOf);
  return shares.length > 0 ? shares.reduce((sum, share) => sum + share, 0) / shares.length : null;
}

/** As if all rows of a study were of the same replicates: at most this. */
function meanError(rows: readonly Row[]): number {
  const errors = rows.filter(({ kind }) => kind === 'interval').map(shareError);
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

export function percent(row: Row): string {
  return `${(100 * shareOf(row)).toFixed(1)}%`;
}
