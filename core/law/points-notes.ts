/** What a reader of a CSV of losses should know of how its rows were taken. */
import type { CurveData } from './input.ts';
import type { PointRow } from './points-csv.ts';

/** @param skipped lines without a loss */
export function notesOf(
  rows: readonly PointRow[],
  curves: readonly CurveData[],
  skipped: readonly number[],
): string[] {
  const base = rows.filter(({ k }) => k === 0).map(({ line }) => line);
  const notes: string[] = [];
  if (skipped.length > 0) notes.push(`Left out for want of a loss: ${lines(skipped)}.`);
  if (base.length > 0) notes.push(`Of k = 0, which is the base and no point of the law: ${lines(base)}.`);
  if (curves.some(({ covariance }) => covariance === null) && rows.some(isWeighedByK))
    notes.push(
      'Points weigh in proportion to k, as in the paper, where the errors of a curve are not given: a `std` for each k, or `n` or `weight`, takes the place of that.',
    );
  return notes;
}

function isWeighedByK({ k, n, weight, subset }: PointRow): boolean {
  return k > 0 && (subset !== null || (n ?? weight) === null);
}

const MOST_NAMED = 8;

function lines(numbers: readonly number[]): string {
  const named = numbers.slice(0, MOST_NAMED).join(', ');
  const rest = numbers.length - MOST_NAMED;
  return `line${numbers.length === 1 ? '' : 's'} ${named}${rest > 0 ? ` and ${rest} more` : ''}`;
}
