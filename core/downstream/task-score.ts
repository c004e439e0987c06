/** Scores that are ratios of sums over items, with their errors: the delta method on r = Σx / Σw. */
import { student95, studentPoint, Z95 } from '../law/student.ts';
import type { Estimated } from '../report/report.ts';
import type { ScoreForm, StoredMetric } from '../store/task-scores.ts';

/** d score / d r at the score. */
const SLOPE: Readonly<Record<ScoreForm, (score: number) => number>> = {
  mean: () => 1,
  perplexity: (score) => -score,
  bits: () => -1 / Math.LN2,
};

/**
 * What each item contributes to the error of a score, scaled by √(n/(n−1)): its variance is their sum of squares, and
 * the covariance of two models on the same items their dot product. Shape (items); null where it is no ratio.
 */
export function influences({ form, value, numerators, weights }: StoredMetric): Float64Array | null {
  if (!form || !numerators || !weights) return null;
  const n = numerators.length;
  const total = sum(weights);
  const ratio = sum(numerators) / total;
  const scale = (SLOPE[form](value) / total) * Math.sqrt(n / Math.max(1, n - 1));
  return Float64Array.from(numerators, (x, i) => scale * (x - ratio * (weights[i] as number)));
}

/** Null where neither the items nor the harness say. */
export function standardError(metric: StoredMetric): number | null {
  const own = influences(metric);
  if (!own) return metric.stderr;
  return own.length > 1 ? Math.sqrt(own.reduce((all, each) => all + each * each, 0)) : null;
}

/** A score with its 95% interval: Wilson's for a share of right items, which none or all of them do not make certain. */
export function scoreOf(metric: StoredMetric): Estimated {
  const right = rightItems(metric);
  if (right !== null) return { value: metric.value, ...wilson(right, metric.numerators?.length ?? 0) };
  const error = standardError(metric);
  const df = metric.numerators ? metric.numerators.length - 1 : Number.POSITIVE_INFINITY;
  return around(metric.value, error, student95(df));
}

/** How many items are right, where each is right or wrong and counts alike; else null. */
function rightItems({ form, numerators, weights }: StoredMetric): number | null {
  if (form !== 'mean' || !numerators || numerators.length < 2) return null;
  const isCount = numerators.every((x) => x === 0 || x === 1) && weights?.every((weight) => weight === 1);
  return isCount ? sum(numerators) : null;
}

/** Wilson (1927), with Student's point. */
function wilson(right: number, n: number): Pick<Estimated, 'low' | 'high'> {
  const share = right / n;
  const square = student95(n - 1) ** 2 / n;
  const centre = (share + square / 2) / (1 + square);
  const half = Math.sqrt(square * (share * (1 - share) + square / 4)) / (1 + square);
  // At 0 and 1 only rounding keeps an end from the share itself.
  return { low: right === 0 ? 0 : centre - half, high: right === n ? 1 : centre + half };
}

/**
 * a − b, paired where both are known item by item, else as if they were independent, which is wider than needed.
 * The interval holds for `comparisons` of them together (Bonferroni), 95%.
 */
export function difference(a: StoredMetric, b: StoredMetric, comparisons: number): Estimated {
  const [one, other] = [influences(a), influences(b)];
  const paired = one && other && one.length === other.length && sameWeights(a, b);
  const outside = 0.05 / Math.max(1, comparisons);
  if (paired) {
    const square = one.reduce((all, each, i) => all + (each - (other[i] as number)) ** 2, 0);
    const error = one.length > 1 ? Math.sqrt(square) : null;
    return around(a.value - b.value, error, studentPoint(one.length - 1, outside));
  }
  const [first, second] = [standardError(a), standardError(b)];
  const error = first === null || second === null ? null : Math.hypot(first, second);
  return around(
    a.value - b.value,
    error,
    outside === 0.05 ? Z95 : studentPoint(Number.POSITIVE_INFINITY, outside),
  );
}

function around(value: number, error: number | null, t: number): Estimated {
  if (error === null || !Number.isFinite(error)) return { value, low: null, high: null };
  return { value, low: value - t * error, high: value + t * error };
}

function sameWeights(a: StoredMetric, b: StoredMetric): boolean {
  return a.form === b.form && (a.weights?.every((weight, i) => weight === b.weights?.[i]) ?? false);
}

function sum(of: Float32Array): number {
  let total = 0;
  for (const value of of) total += value;
  return total;
}
