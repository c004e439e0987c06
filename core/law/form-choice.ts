import type { Backtest } from './backtest.ts';
import { backtest } from './backtest.ts';
import type { Form, FormFit } from './curve.ts';
import { type Estimate, Estimator } from './estimate.ts';
import { FORMS } from './forms.ts';
import { parametersOf, predict } from './least-squares.ts';
import type { UsablePoints } from './usable-points.ts';
import { at } from './whitening.ts';

export interface Candidate {
  readonly form: Form;
  readonly estimate: Estimate;
  readonly test: Backtest | null;
}

export interface Choice {
  /** The one used for parameters and forecasts; null with fewer than two k's. */
  readonly used: Candidate | null;
  readonly name: Form | 'three_point' | null;
  /** All that could be fitted, best backtest first. */
  readonly candidates: readonly Candidate[];
  /** Weighted sum of squares around the best constant, by the known errors alone; null where they are unknown. */
  readonly flatSquares: number | null;
}

/** Backtests rank forms from this many k's on; below it the theory's own form is used. */
const RANKED_FROM = 6;

/** Fits every form and picks the one to use: `forced`, or by rolling origin. */
export function chooseForm(points: UsablePoints, forced: Form | null): Choice {
  const estimator = new Estimator(points);
  const count = points.k.length;
  const candidates: Candidate[] = [];
  for (const form of FORMS) {
    if (count < (form === 'flat' ? 1 : 3)) continue;
    const estimate = estimator.estimate(form);
    if (estimate) candidates.push({ form, estimate, test: backtest(estimate, points) });
  }
  // Backtests that differ by less than rounding are ties, which the order of FORMS breaks.
  const step = 1e-7 * (Math.max(...points.y) - Math.min(...points.y)) || 1;
  const rank = ({ test }: Candidate) => Math.round((test?.rms ?? 0) / step);
  candidates.sort((a, b) => rank(a) - rank(b));
  const find = (form: Form) => candidates.find((candidate) => candidate.form === form) ?? null;

  const flatSquares = count > 0 && points.known ? estimator.withoutMisfit('flat').fit.rss : null;
  const choice = (used: Candidate | null, name: Choice['name']): Choice => ({
    used,
    name,
    candidates,
    flatSquares,
  });
  if (count < 2) return choice(null, null);
  if (forced !== null) return choice(find(forced), find(forced)?.form ?? null);
  if (count === 2) return choice(find('flat'), 'flat');
  const preferred = count < RANKED_FROM ? find('signed') : (candidates[0] ?? null);
  const flat = find('flat');
  const used = preferred && flat && missesPoints(preferred, flat, points) ? flat : preferred;
  const exact = count === 3 && used !== flat && used !== null && passesThrough(used, points);
  return choice(used, exact ? 'three_point' : (used?.form ?? null));
}

/** Further from the points than a constant, or not falling: then the points leave only their level. */
function missesPoints({ form, estimate }: Candidate, flat: Candidate, points: UsablePoints): boolean {
  if (form === 'flat') return false;
  const { rmse, r2 } = goodness(estimate, points);
  const still = estimate.fit.model.kind === 'shape' && (estimate.fit.coefficients[1] ?? 0) <= 0;
  return still || (r2 !== null && r2 < 0) || rmse > goodness(flat.estimate, points).rmse;
}

/** Through every point, but for rounding: at the bound of its shape a form with three parameters misses three points. */
function passesThrough({ estimate }: Candidate, points: UsablePoints): boolean {
  return goodness(estimate, points).rmse <= 1e-4 * (Math.max(...points.y) - Math.min(...points.y));
}

/**
 * The forms that the data cannot set apart from the one used, itself first: those whose backtest, or whose residual, is
 * within twice the smallest (an F ratio of 4 is no more than chance with the few degrees of freedom of a curve). Where
 * too few k's are left for a backtest, all that pass through the points: nothing judges between them. A form that was
 * asked for has no rivals.
 */
export function rivalsOf(choice: Choice, points: UsablePoints, forced: Form | null): readonly Candidate[] {
  const { used, candidates } = choice;
  if (!used) return [];
  if (forced !== null) return [used];
  const best = Math.min(...candidates.map(({ test }) => test?.rms ?? Number.POSITIVE_INFINITY));
  const closeness = ({ estimate }: Candidate) => goodness(estimate, points).rmse;
  const closest = Math.min(...candidates.map(closeness));
  const others = candidates.filter(
    (candidate) =>
      candidate !== used &&
      (candidate.test === null
        ? candidate.form !== 'flat' && passesThrough(candidate, points)
        : candidate.test.rms <= 2 * best || closeness(candidate) <= 2 * closest),
  );
  return [used, ...others];
}

/** How a form is shown: parameters and fit. */
export function formFit(candidate: Candidate, points: UsablePoints): FormFit {
  const { rmse, r2 } = goodness(candidate.estimate, points);
  return {
    form: candidate.form,
    parameters: parametersOf(candidate.estimate.fit),
    backtest: candidate.test?.rms ?? null,
    rmse,
    r2,
  };
}

/** Root mean square residual (nats) and R² = 1 − residual/total sum of squares, both unweighted; R² null for a constant. */
export function goodness(estimate: Estimate, points: UsablePoints): { rmse: number; r2: number | null } {
  const { k, y } = points;
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  let residual = 0;
  let total = 0;
  k.forEach((kk, i) => {
    residual += (at(y, i) - predict(estimate.fit, kk)) ** 2;
    total += (at(y, i) - mean) ** 2;
  });
  return { rmse: Math.sqrt(residual / k.length), r2: total > 0 ? 1 - residual / total : null };
}
