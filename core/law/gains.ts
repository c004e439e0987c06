import type { LawCurve } from './curve.ts';
import type { Choice } from './form-choice.ts';
import type { Judge } from './interval.ts';
import type { Jackknife } from './jackknife.ts';
import { predict } from './least-squares.ts';
import { measuredInterval } from './measured.ts';
import { lossQuantity } from './quantity.ts';
import type { UsablePoints } from './usable-points.ts';
import { at } from './whitening.ts';

/** L(k) − L(k+1) for each k < M that can be merged: measured where both are, else from the law. Null with its reason where neither is. */
export function marginalGains(
  points: UsablePoints,
  choice: Choice,
  judge: Judge | null,
  knife: Jackknife | null,
  complete: boolean,
  reasons: Record<string, string>,
): LawCurve['marginal_gain'] {
  const { k, y, pool, from } = points;
  const estimate = choice.used?.estimate ?? null;
  const law = k.length >= 3 ? estimate : null;
  const gains: { k: number; gain: number; low: number | null; high: number | null; measured: boolean }[] = [];
  for (let kk = from; kk < pool; kk++) {
    const here = k.indexOf(kk);
    const next = k.indexOf(kk + 1);
    const terms = [
      { k: kk, weight: 1 },
      { k: kk + 1, weight: -1 },
    ];
    if (here >= 0 && next >= 0) {
      const gain = at(y, here) - at(y, next);
      const [low, high] = complete ? measuredInterval(points, estimate, knife, terms, gain) : [null, null];
      gains.push({ k: kk, gain, low, high, measured: true });
    } else if (law) {
      const gain = predict(law.fit, kk) - predict(law.fit, kk + 1);
      const quantity = lossQuantity(law.fit.model, terms);
      // As for a forecast: without a backtest nobody knows how wrong the form is.
      const judged = judge && choice.used?.test ? judge.judge(quantity) : null;
      const [low, high] = judged ? (knife?.interval(terms, gain, judged) ?? judged.interval) : [null, null];
      gains.push({ k: kk, gain, low, high, measured: false });
    }
  }
  if (gains.length > 0) return gains;
  reasons['marginal_gain'] =
    pool === from
      ? 'there is no further expert'
      : "no two neighbouring k's are measured, and there is no law";
  return null;
}
