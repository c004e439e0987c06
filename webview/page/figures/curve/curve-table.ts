/** The curve as a table: a row for each k that is measured, chosen or predicted. */
import type { Scope } from '../../state/view.ts';
import type { CsvCell } from '../../text/csv.ts';
import { loss, lossDigits, NONE } from '../../text/numbers.ts';
import type { FigureTable } from '../figure.ts';
import { lawOf } from '../law.ts';
import { shownInterval } from '../series.ts';
import { chosenPoints } from './curve-lines.ts';
import { subsetTitle } from './merge-dots.ts';

export function curveTable(scope: Scope): FigureTable {
  const rows = rowsOf(scope);
  const names = scope.report.pool;
  return {
    columns: [
      { title: 'k' },
      { title: 'Subsets' },
      { title: 'Typical' },
      { title: '95%' },
      { title: 'Chosen' },
      { title: '95%' },
      { title: 'Law' },
      { title: 'Forecast 95%' },
      { title: 'Chosen subset', text: true },
    ],
    rows: rows.map(({ k, point, chosen, law, forecast }) => [
      `${k}`,
      point ? `${point.subsets.toLocaleString('en-US')} of ${point.of.toLocaleString('en-US')}` : 'none',
      point ? loss(point.mean, Math.max(4, lossDigits(point.low, point.high))) : NONE,
      point ? shownInterval(point.low, point.high) : NONE,
      chosen ? loss(chosen.point.y, 4) : NONE,
      chosen ? shownInterval(chosen.point.low, chosen.point.high) : NONE,
      law === null ? NONE : loss(law, 4),
      forecast
        ? `${shownInterval(forecast.low, forecast.high)}${forecast.measured ? '' : ' (predicted)'}`
        : NONE,
      chosen ? subsetTitle(scope.report, chosen.chosen.members) : NONE,
    ]),
    csv: {
      columns: [
        ...['k', 'subsets', 'of', 'draws', 'typical', 'typical_low', 'typical_high', 'sd', 'min', 'max'],
        ...['law', 'forecast', 'forecast_low', 'forecast_high', 'forecast_measured'],
        ...['chosen', 'chosen_low', 'chosen_high', 'chosen_subset'],
      ],
      rows: rows.map(({ k, point, chosen, law, forecast }): CsvCell[] => [
        k,
        ...(point
          ? [
              point.subsets,
              point.of,
              point.draws,
              point.mean,
              point.low,
              point.high,
              point.sd,
              point.min,
              point.max,
            ]
          : new Array<null>(9).fill(null)),
        law,
        ...(forecast
          ? [forecast.loss, forecast.low, forecast.high, forecast.measured ? 'yes' : 'no']
          : new Array<null>(4).fill(null)),
        ...(chosen ? [chosen.point.y, chosen.point.low, chosen.point.high] : [null, null, null]),
        chosen ? chosen.chosen.members.map((d) => names[d] ?? '').join('; ') : null,
      ]),
    },
  };
}

function rowsOf(scope: Scope) {
  const { curve } = scope;
  const chosen = chosenPoints(scope);
  const law = curve && lawOf(curve);
  const ks = new Set([
    ...(curve?.points ?? []).map(({ k }) => k),
    ...chosen.map(({ chosen: { k } }) => k),
    ...(curve?.forecast ?? []).map(({ k }) => k),
  ]);
  return [...ks]
    .sort((a, b) => a - b)
    .map((k) => {
      const value = law?.(k);
      return {
        k,
        point: curve?.points.find((at) => at.k === k),
        chosen: chosen.find((at) => at.chosen.k === k),
        law: value !== undefined && Number.isFinite(value) ? value : null,
        forecast: curve?.forecast.find((at) => at.k === k),
      };
    });
}
