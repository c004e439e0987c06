/** Whether a precision can be reached within the merges that are allowed for it. */
import { FIRST_LOOK } from '../surrogate/looks.ts';
import type { Report } from './check-names.ts';
import { anchorCount, combinations } from './combinations.ts';

const PLACE = ['sweep', 'subsets', 'at_most'];

/** @param k sizes of the sweep */
export function checkPrecision(
  { at_most }: { readonly at_most?: number | undefined },
  pool: number,
  k: readonly number[],
  report: Report,
): void {
  // Left out, it is enough for every pool.
  if (at_most === undefined) return;
  const anchors = anchorCount(pool);
  if (at_most < anchors) {
    report(
      PLACE,
      'at_most_below_anchors',
      `\`at_most: ${at_most}\` is less than the ${anchors} merges that come first: each single expert and the whole pool.`,
      `Write at least ${firstLook(pool, k)}: with six subsets of each k, precision is judged for the first time.`,
    );
  } else if (at_most < firstLook(pool, k)) {
    report(
      PLACE,
      'at_most_small',
      `\`at_most: ${at_most}\` leaves fewer than six random subsets of each k: too few to say how well a mean is known.`,
      `Write at least ${firstLook(pool, k)}.`,
      { severity: 'warning' },
    );
  }
}

/** Merges until every size can be judged for the first time. */
function firstLook(pool: number, ks: readonly number[]): number {
  const inner = ks.filter((k) => k > 1 && k < pool);
  return inner.reduce(
    (sum, k) => sum + Math.min(FIRST_LOOK, Number(combinations(pool, k))),
    anchorCount(pool),
  );
}
