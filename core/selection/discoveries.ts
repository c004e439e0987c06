/** Share of false ones among the entries that are flagged, at most. */
export const FALSE_DISCOVERIES = 0.05;

/**
 * Benjamini and Hochberg's (1995) adjusted p: flagging all entries with q ≤ 0.05 keeps the expected share of false ones
 * among them below 5%. Null stays null and does not count as a test.
 *
 * It is proven for tests that are independent or positively dependent. Here domains have separate samples and are
 * independent; within one, effects relative to the average donor sum to zero, a correlation of −1/(M − 1) that no
 * proof covers, and shared samples add positive ones. Benjamini and Yekutieli's (2001) factor Σ 1/i would cover all
 * dependence at up to six times the price. By simulation it is not needed: with 3, 4 and 6 donors and 30 samples, none
 * of which does anything, this flags any entry in 4.9, 4.9 and 4.3% of repetitions, theirs in 1.7, 1.8 and 1.2%.
 */
export function adjustedForDiscoveries(p: readonly (number | null)[]): (number | null)[] {
  const order = p
    .flatMap((value, i) => (value === null ? [] : [{ value, i }]))
    .sort((a, b) => b.value - a.value);
  const q: (number | null)[] = p.map(() => null);
  let smallest = 1;
  for (const [rank, { value, i }] of order.entries()) {
    smallest = Math.min(smallest, (value * order.length) / (order.length - rank));
    q[i] = smallest;
  }
  return q;
}
