/** What "recommended" means: the goals, applied to one curve of losses over k = 1..M. */
import type { Goal } from '../experiment/experiment.ts';

/** A curve that a rule is asked of. */
export interface TypicalCurve {
  /** L(1)..L(M); infinite where no subset of that k is allowed. */
  readonly losses: ArrayLike<number>;
  readonly base: number | null;
  /** L∞, where the goal is `epsilon`. */
  readonly floor: number | null;
  /** Some chosen subset beats the base (null: unknown). */
  readonly chosenBeatsBase: boolean | null;
}

/** Decimal inputs must not miss a limit they meet, such as 0.73 − 0.72 ≤ 0.01. */
const ROUNDING = 1e-12;

/** The smallest k that meets the goal; 0 where nothing beats the base; null where no k of the pool meets it. */
export function recommendedK(goal: Goal, curve: TypicalCurve): number | null {
  const { losses, base } = curve;
  if (losses.length === 0) return null;
  const least = smallest(losses);
  if (base !== null && least >= base && curve.chosenBeatsBase !== true) return 0;
  switch (goal.rule) {
    case 'within':
      return firstAtMost(losses, least + goal.value);
    case 'return': {
      const k = kAtReturn(goal.value, losses, base);
      // Nothing to gain after the first: then the best k is the answer, since something beats the base.
      return k === 0 ? firstAtMost(losses, least) : k;
    }
    case 'epsilon':
      return curve.floor === null ? null : firstAtMost(losses, curve.floor + goal.value);
  }
}

/**
 * The smallest k with return R(k) ≥ share. R(k) = (L̃(1) − L̃(k))/(L̃(1) − L̃(M)) with L̃ the running minimum that starts
 * at the base, so that making good one expert's damage is no gain (arXiv 2509.24244 §4.4, changed in that). 0 where
 * there is no gain to share; null for a share above 1.
 */
export function kAtReturn(share: number, losses: ArrayLike<number>, base: number | null): number | null {
  const start = startOf(losses, base);
  const gain = start - Math.min(start, smallest(losses));
  if (!(gain > 0)) return 0;
  return firstAtMost(losses, start - share * gain, start);
}

/** R(k) as above, in 0..1; null where there is no gain to share. */
export function returnAt(k: number, losses: ArrayLike<number>, base: number | null): number | null {
  const start = startOf(losses, base);
  const gain = start - Math.min(start, smallest(losses));
  if (!(gain > 0)) return null;
  let running = start;
  for (let i = 0; i < k; i++) running = Math.min(running, losses[i] ?? running);
  return (start - running) / gain;
}

/** The base, or the first k that is allowed where that is better. */
function startOf(losses: ArrayLike<number>, base: number | null): number {
  const first = Array.from(losses).find(Number.isFinite) ?? 0;
  return Math.min(base ?? Number.POSITIVE_INFINITY, first);
}

/** The smallest k ≥ 1 whose running minimum from `start` is at most `limit`. */
function firstAtMost(
  losses: ArrayLike<number>,
  limit: number,
  start = Number.POSITIVE_INFINITY,
): number | null {
  const slack = ROUNDING * Math.max(1, Math.abs(limit));
  let running = start;
  for (let k = 1; k <= losses.length; k++) {
    running = Math.min(running, losses[k - 1] ?? Number.POSITIVE_INFINITY);
    if (running <= limit + slack) return k;
  }
  return null;
}

function smallest(losses: ArrayLike<number>): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < losses.length; i++) least = Math.min(least, losses[i] ?? least);
  return least;
}
