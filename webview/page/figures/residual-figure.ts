/** What the law misses: the measured mean minus the law, by k, in thousandths of a nat. */

import { cellName } from '../../../words/cell-name.ts';
import { formName } from '../../../words/law.ts';
import { signed } from '../../../words/numbers.ts';
import { millinats } from '../../../words/units.ts';
import { lawOf } from '../../law.ts';
import type { Scope } from '../state/view.ts';
import { domainName } from '../text/words.ts';
import { kAxis, padded, type XyFigure, zeroLevel } from './figure.ts';
import { plainSeries } from './series.ts';

/** Thousandths of a nat: what is smaller came from adding up losses. */
const ROUNDING = 1e-6;

/** Said instead of a chart where nothing is missed but by rounding; null where the law misses a point. */
export function throughAllText({ series: [residuals] }: XyFigure): string | null {
  const points = residuals?.points ?? [];
  if (points.some(({ y }) => Math.abs(y) > ROUNDING)) return null;
  return `The law goes through all ${points.length} points: nothing is left that it misses.`;
}

/** Null where no law is fitted. */
export function residualFigure(scope: Scope): XyFigure | null {
  const { report, cell, curve, domain } = scope;
  const law = curve && lawOf(curve);
  if (!curve || !law) return null;
  const residuals = curve.points
    .map(({ k, mean }) => ({ k, mean, law: law(k), residual: 1000 * (mean - law(k)) }))
    .filter(({ residual }) => Number.isFinite(residual));
  const values = residuals.map(({ residual }) => residual);
  const [min, max] = padded(Math.min(0, ...values), Math.max(0, ...values), 0.15);
  const last = Math.max(report.pool.length, ...residuals.map(({ k }) => k));
  return {
    kind: 'xy',
    title: `Residuals · ${cellName(report, cell)} · ${domainName(report, domain)}`,
    summary: `Measured mean minus the law (${formName(curve.form)}) by k, in thousandths of a nat; ${
      curve.rmse === null ? '' : `root mean square ${millinats(curve.rmse)}.`
    }`,
    x: kAxis(last),
    y: { title: 'measured − law, mnat', min, max, least: min, most: max },
    series: [
      {
        ...plainSeries,
        id: 'residuals',
        label: `Measured minus law (${formName(curve.form)})`,
        ink: 'purple',
        shape: 'rect',
        emphasis: 'strong',
        line: [2, 3],
        points: residuals.map(({ k, residual }) => ({ x: k, y: residual, low: null, high: null })),
        tip: (i) => {
          const at = residuals[i];
          if (!at) return { title: '', rows: [] };
          return {
            title: `k = ${at.k}`,
            rows: [
              ['measured minus law', `${signed(at.residual, 3)} mnat`],
              ['measured mean', at.mean.toFixed(5)],
              ['law', at.law.toFixed(5)],
            ],
          };
        },
      },
    ],
    levels: [zeroLevel('zero', 'the law')],
    marks: [],
    ringed: null,
    table: {
      columns: [{ title: 'k' }, { title: 'Measured' }, { title: 'Law' }, { title: 'Residual, mnat' }],
      rows: residuals.map((at) => [`${at.k}`, at.mean.toFixed(5), at.law.toFixed(5), signed(at.residual, 3)]),
      csv: {
        columns: ['k', 'measured', 'law', 'residual_mnat'],
        rows: residuals.map((at) => [at.k, at.mean, at.law, at.residual]),
      },
    },
  };
}
