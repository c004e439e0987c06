import type { Estimate } from './estimate.ts';
import { type Fit, Fitter, predictAll } from './least-squares.ts';
import { Scratch } from './scratch.ts';
import type { UsablePoints } from './usable-points.ts';
import { at } from './whitening.ts';

/** How well a form forecast the later k's from the earlier ones. */
export interface Backtest {
  /** Root mean square over all origins and later k's, nats. */
  readonly rms: number;
  /** Mean squared error by distance from the last k fitted; ascending distance. */
  readonly byHorizon: readonly { readonly horizon: number; readonly mse: number }[];
}

const FIRST_ORIGIN = 3;

const forecast = new Scratch();

/**
 * Rolling origin: fits the first j k's, j = 3 and up, and compares with all later ones. The weights are those of the
 * whole curve's fit, but for the level, which is that of the first j. Null with fewer than four k's, or fewer than the form has parameters plus one.
 */
export function backtest(estimate: Estimate, points: Pick<UsablePoints, 'y'>): Backtest | null {
  const { k, p } = estimate.fitter;
  const { y } = points;
  const law = forecast.of(k.length);
  let sum = 0;
  let count = 0;
  const horizons = new Map<number, { sum: number; count: number }>();
  for (let origin = Math.max(FIRST_ORIGIN, p); origin < k.length; origin++) {
    predictAll(fitFirst(estimate, origin), k, law);
    for (let later = origin; later < k.length; later++) {
      const square = (at(y, later) - at(law, later)) ** 2;
      sum += square;
      count++;
      const horizon = (k[later] ?? 0) - (k[origin - 1] ?? 0);
      const seen = horizons.get(horizon) ?? { sum: 0, count: 0 };
      seen.sum += square;
      seen.count += 1;
      horizons.set(horizon, seen);
    }
  }
  if (count === 0) return null;
  return {
    rms: Math.sqrt(sum / count),
    byHorizon: [...horizons]
      .sort(([a], [b]) => a - b)
      .map(([horizon, cell]) => ({ horizon, mse: cell.sum / cell.count })),
  };
}

/** The form fitted to the first `count` k's alone. */
function fitFirst({ fitter, losses, whitening: w, misfit }: Estimate, count: number): Fit {
  const tolerance = 1e-6;
  const first = losses.of(misfit, count);
  const own = first.whitening === w ? fitter : new Fitter(fitter.grid, first.whitening, count);
  return own.fit(first.z, count, tolerance);
}

/**
 * Mean squared forecast error expected `horizon` beyond the last k: never less than at a shorter one, at the next longer
 * one between two seen, and grown in proportion (of the error) beyond the longest.
 */
export function errorAtHorizon(test: Backtest, horizon: number): number {
  let mse = 0;
  let longest = 0;
  for (const seen of test.byHorizon) {
    mse = Math.max(mse, seen.mse);
    longest = seen.horizon;
    if (longest >= horizon) break;
  }
  return longest > 0 && horizon > longest ? mse * (horizon / longest) ** 2 : mse;
}
