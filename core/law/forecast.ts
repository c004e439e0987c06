import { errorAtHorizon } from './backtest.ts';
import type { Interval, LawCurve } from './curve.ts';
import { type Candidate, type Choice, rivalsOf } from './form-choice.ts';
import type { FitOptions } from './input.ts';
import type { Judge } from './interval.ts';
import type { Jackknife } from './jackknife.ts';
import { predict } from './least-squares.ts';
import { measuredInterval } from './measured.ts';
import { lossQuantity } from './quantity.ts';
import { student95 } from './student.ts';
import type { UsablePoints } from './usable-points.ts';
import { at } from './whitening.ts';

/** The loss at every k that can be merged and at those asked for: measured where it is, else from the law. */
export function forecasts(
  points: UsablePoints,
  choice: Choice,
  judge: Judge | null,
  knife: Jackknife | null,
  options: FitOptions,
): LawCurve['forecast'] {
  const complete = options.stage === 'complete';
  const wanted = new Set(Array.from({ length: points.pool }, (_, i) => i + 1).slice(points.from - 1));
  for (const k of options.forecast) if (Number.isFinite(k) && k >= points.from) wanted.add(k);
  const rivals = rivalsOf(choice, points, options.form);
  const rows: { k: number; loss: number; low: number | null; high: number | null; measured: boolean }[] = [];
  for (const k of [...wanted].sort((a, b) => a - b)) {
    const index = points.k.indexOf(k);
    const terms = [{ k, weight: 1 }];
    if (index >= 0) {
      const loss = at(points.y, index);
      const [low, high] = complete
        ? measuredInterval(points, choice.used?.estimate ?? null, knife, terms, loss)
        : [null, null];
      rows.push({ k, loss, low, high, measured: true });
    } else if (choice.used) {
      const loss = predict(choice.used.estimate.fit, k);
      const [low, high] =
        complete && judge
          ? forecastInterval(points, rivals, choice.used, judge, knife, k, loss)
          : [null, null];
      rows.push({ k, loss, low, high, measured: false });
    }
  }
  return rows;
}

/**
 * Three parts in one: what the errors of the losses leave open, how far its rivals disagree, and how
 * wrong this form was at that distance before. Without a backtest nothing is known of the last, so there are no ends.
 */
function forecastInterval(
  points: UsablePoints,
  rivals: readonly Candidate[],
  used: Candidate,
  judge: Judge,
  knife: Jackknife | null,
  k: number,
  loss: number,
): Interval {
  const terms = [{ k, weight: 1 }];
  const own = judge.judge(lossQuantity(used.estimate.fit.model, terms));
  if (!own || !used.test) return [null, null];
  const judged = knife ? { ...own, interval: knife.interval(terms, loss, own) } : own;
  const last = points.k[points.k.length - 1] ?? 0;
  const first = points.k[0] ?? 0;
  const distance = Math.max(k - last, first - k, 0);
  const extra =
    used.estimate.misfit +
    spreadAmongForms(rivals, k, loss) +
    (distance > 0 ? errorAtHorizon(used.test, distance) : 0);
  const half = student95(Math.max(1, points.k.length - used.estimate.fit.p)) * Math.sqrt(extra);
  const [low, high] = judged.interval;
  return [
    low === null ? null : loss - Math.hypot(loss - low, half),
    high === null ? null : loss + Math.hypot(high - loss, half),
  ];
}

/** Mean squared deviation of the rivals' forecasts from that of the form used, nats². */
function spreadAmongForms(rivals: readonly Candidate[], k: number, loss: number): number {
  return (
    rivals.reduce((sum, { estimate }) => sum + (predict(estimate.fit, k) - loss) ** 2, 0) / rivals.length
  );
}
