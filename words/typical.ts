import type { Curve } from '../core/report/report.ts';
import { estimated } from './estimates.ts';

/** The typical loss at the recommended k, measured or by the law, which is said; empty without one. */
export function typicalAtRecommended({ recommended_k, points, forecast }: Curve): string {
  const point = points.find(({ k }) => k === recommended_k?.k);
  if (point) return estimated({ value: point.mean, low: point.low, high: point.high });
  const foretold = forecast.find(({ k }) => k === recommended_k?.k);
  return foretold ? `${estimated({ ...foretold, value: foretold.loss })} by law` : '';
}
