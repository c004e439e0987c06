import type { Backtest } from './backtest.ts';
import { backtest } from './backtest.ts';
import type { Form, FormFit } from './curve.ts';
import { type Estimate, Estimator } from './estimate.ts';
import { FORMS } from './forms.ts';
import { Judge } from './interval.ts';
import { type Fit, parametersOf, predictAll } from './least-squares.ts';
import type { UsablePoints } from './usable-points.ts';
import { at } from './whitening.ts';

export interface Candidate {
  readonly form: Form;
  readonly estimate: Estimate;
  readonly test: Backtest | null;
  readonly goodness: Goodness;
  /** Made when first asked for: few forms are judged. */
  readonly judge: () => Judge;
}

/** Both unweighted. */
export interface Goodness {
  /** Root mean square residual, nats. */
  readonly rmse: number;
  /** R² = 1 − residual/total sum of squares; null for a constant. */
  readonly r2: number | null;
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
    if (!estimate) continue;
    const test = backtest(estimate, points);
    const judge = judgeOf(estimate, points);
    candidates.push({ form, estimate, test, goodness: goodness(estimate.fit, points), judge });
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
  const used = preferred && flat && missesPoints(preferred, flat) ? flat : preferred;
  const exact = count === 3 && used !== flat && used !== null && passesThrough(used, points);
  return choice(used, exact ? 'three_point' : (used?.form ?? null));
}

/** Held by its candidate, not in a map of all estimates: what such a map knows outlives every quick collection. */
function judgeOf(estimate: Estimate, points: UsablePoints): () => Judge {
  let made: Judge | null = null;
  return () => {
    made ??= new Judge(estimate, points);
    return made;
  };
}

/** Further from the points than a constant, or not falling: then the points leave only their level. */
function missesPoints({ form, estimate, goodness: { rmse, r2 } }: Candidate, flat: Candidate): boolean {
  if (form === 'flat') return false;
  const still = estimate.fit.model.kind === 'shape' && (estimate.fit.coefficients[1] ?? 0) <= 0;
  return still || (r2 !== null && r2 < 0) || rmse > flat.goodness.rmse;
}

/** Through every point, but for rounding: at the bound of its shape a form with three parameters misses three points. */
function passesThrough({ goodness: { rmse } }: Candidate, { y }: UsablePoints): boolean {
  return rmse <= 1e-4 * (Math.max(...y) - Math.min(...y));
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
  const closest = Math.min(...candidates.map((candidate) => candidate.goodness.rmse));
  const others = candidates.filter(
    (candidate) =>
      candidate !== used &&
      (candidate.test === null
        ? candidate.form !== 'flat' && passesThrough(candidate, points)
        : candidate.test.rms <= 2 * best || candidate.goodness.rmse <= 2 * closest),
  );
  return [used, ...others];
}

/** How a form is shown: parameters and fit. */
export function formFit({ form, estimate, test, goodness: { rmse, r2 } }: Candidate): FormFit {
  return { form, parameters: parametersOf(estimate.fit), backtest: test?.rms ?? null, rmse, r2 };
}

function goodness(fit: Fit, { k, y }: UsablePoints): Goodness {
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  const law = new Float64Array(k.length);
  predictAll(fit, k, law);
  let residual = 0;
  let total = 0;
  for (let i = 0; i < k.length; i++) {
    residual += (at(y, i) - at(law, i)) ** 2;
    total += (at(y, i) - mean) ** 2;
  }
  return { rmse: Math.sqrt(residual / k.length), r2: total > 0 ? 1 - residual / total : null };
}
