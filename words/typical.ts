import type { Cell, Curve } from '../core/report/report.ts';
import { estimated } from './estimates.ts';
import { significant } from './numbers.ts';

/** The typical loss at the recommended k, measured or by the law, which is said; empty without one. */
export function typicalAtRecommended({ recommended_k, points, forecast }: Curve): string {
  const point = points.find(({ k }) => k === recommended_k?.k);
  if (point) return estimated({ value: point.mean, low: point.low, high: point.high });
  const foretold = forecast.find(({ k }) => k === recommended_k?.k);
  return foretold ? `${estimated({ ...foretold, value: foretold.loss })} by law` : '';
}

/** What the curve rests on in a sweep that ends by precision, beside the estimates of that; empty where nothing is to be said. */
export function typicalMeansSentence({ typical }: Pick<Cell, 'typical'>): string {
  if (typical.means === 'plain')
    return typical.problem
      ? `The typical curve rests on plain means of the merged subsets. ${typical.problem.message}`
      : '';
  const { narrower } = typical;
  const start = 'The typical curve rests on such means, of all that is merged so far';
  if (narrower === null) return `${start}.`;
  return narrower < 1.05
    ? `${start}: their error from subsets is no smaller than that of plain means.`
    : `${start}: their error from subsets is ${significant(narrower, 2)} times smaller than that of plain means.`;
}

/** Beside the typical losses of smaller pools; empty where the curve's are of the same kind. */
export function poolMeansSentence({ typical }: Pick<Cell, 'typical'>): string {
  return typical.means === 'plain'
    ? ''
    : 'Both sides are plain means of the merged subsets here, which the typical curve corrects for what was drawn.';
}
