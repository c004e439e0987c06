/** The filter of the table as the reader has set it. */
import type { SubsetsUi } from '../state/ui-state.ts';
import type { MergeFilter } from './arrange.ts';

/** What is typed as a largest loss: null where it is empty, NaN where it is no number. */
export function typedLoss(text: string): number | null {
  const trimmed = text.trim().replace(',', '.');
  return trimmed === '' ? null : Number(trimmed);
}

export function filterOf(
  pool: readonly string[],
  { has, hasNot, k, atMost }: Pick<SubsetsUi, 'has' | 'hasNot' | 'k' | 'atMost'>,
): MergeFilter {
  const indices = (names: readonly string[]): number[] =>
    names.map((name) => pool.indexOf(name)).filter((index) => index >= 0);
  const limit = typedLoss(atMost);
  return { has: indices(has), hasNot: indices(hasNot), k, atMost: Number.isNaN(limit) ? null : limit };
}

export function isFiltered({ has, hasNot, k, atMost }: SubsetsUi): boolean {
  return has.length > 0 || hasNot.length > 0 || k !== null || atMost.trim() !== '';
}
