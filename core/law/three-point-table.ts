/** How far three small merges see: the law through k = 1, 2 and 4 against everything measured later (arXiv 2509.24244 §4.5). */
import { type ThreePoint, threePoint } from './three-point.ts';

/** A typical curve, as far as this table needs it. */
export interface TabledCurve {
  readonly domain: string | null;
  readonly method: string;
  /** Billions of parameters; null where not given. */
  readonly N: number | null;
  readonly k: readonly number[];
  /** Shape (K), nats per token. */
  readonly mean: ArrayLike<number>;
}

export interface ThreePointRow {
  readonly domain: string | null;
  readonly method: string;
  readonly N: number | null;
  /** Null where the three losses do not fall ever more slowly. */
  readonly law: ThreePoint | null;
  /** One for each later k that is measured; empty without a law. */
  readonly forecasts: readonly {
    readonly k: number;
    readonly forecast: number;
    readonly measured: number;
    /** forecast − measured, nats. */
    readonly error: number;
    /** |error| as a share of what the loss falls from k = 1 to this k; null where it does not fall. */
    readonly share: number | null;
  }[];
  /** Root mean square of the errors, nats; null without any. */
  readonly rms: number | null;
  /** Why `law` is null, or there are no forecasts. */
  readonly reason: string | null;
}

export interface ThreePointTable {
  readonly rows: readonly ThreePointRow[];
  readonly summary: {
    /** Curves with forecasts, of how many. */
    readonly curves: number;
    readonly of: number;
    readonly forecasts: number;
    /** Over all forecasts, nats; null without any. */
    readonly rms: number | null;
    readonly mean_error: number | null;
    readonly median_absolute: number | null;
    readonly largest_absolute: number | null;
    /** Index into `rows` of the curve with the largest error. */
    readonly worst: number | null;
  };
}

const THREE = [1, 2, 4] as const;

/** One row a curve, in the given order. */
export function threePointTable(curves: readonly TabledCurve[]): ThreePointTable {
  const rows = curves.map(rowOf);
  const errors = rows.flatMap(({ forecasts }) => forecasts.map(({ error }) => error));
  const absolute = errors.map(Math.abs).sort((a, b) => a - b);
  const largest = absolute.at(-1) ?? null;
  const worst = rows.findIndex(({ forecasts }) => forecasts.some(({ error }) => Math.abs(error) === largest));
  return {
    rows,
    summary: {
      curves: rows.filter(({ forecasts }) => forecasts.length > 0).length,
      of: rows.length,
      forecasts: errors.length,
      rms: rootMeanSquare(errors),
      mean_error: errors.length > 0 ? errors.reduce((sum, error) => sum + error, 0) / errors.length : null,
      median_absolute: median(absolute),
      largest_absolute: largest,
      worst: worst < 0 ? null : worst,
    },
  };
}

function rowOf({ domain, method, N, k, mean }: TabledCurve): ThreePointRow {
  const lossAt = (kk: number) => {
    const loss = mean[k.indexOf(kk)];
    return loss !== undefined && Number.isFinite(loss) ? loss : null;
  };
  const none = { domain, method, N, law: null, forecasts: [], rms: null };
  const [one, two, four] = THREE.map(lossAt);
  if (one == null || two == null || four == null)
    return { ...none, reason: `k = ${THREE.filter((kk) => lossAt(kk) === null).join(', ')} not measured` };
  const law = threePoint(THREE, [one, two, four]);
  if (!law)
    return { ...none, reason: 'the three losses do not fall ever more slowly, as floor and tail require' };
  const forecasts = k
    .filter((kk) => kk > 4)
    .toSorted((a, b) => a - b)
    .flatMap((kk) => {
      const measured = lossAt(kk);
      if (measured === null) return [];
      const forecast = law.Linf + law.A / (kk + law.b);
      const error = forecast - measured;
      const fall = one - measured;
      return [{ k: kk, forecast, measured, error, share: fall > 0 ? Math.abs(error) / fall : null }];
    });
  const reason = forecasts.length === 0 ? 'no k beyond 4 is measured' : null;
  return { ...none, law, forecasts, rms: rootMeanSquare(forecasts.map(({ error }) => error)), reason };
}

function rootMeanSquare(values: readonly number[]): number | null {
  return values.length > 0
    ? Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
    : null;
}

/** Of ascending values. */
function median(sorted: readonly number[]): number | null {
  const half = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? half - 1 : half], sorted[half]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
