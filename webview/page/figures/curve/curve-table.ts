/** The curve as a table: a row for each k that is measured, chosen or predicted. */
import type { LawCurve } from '../../../../core/law/curve.ts';
import type { Returns } from '../../../../core/law/returns.ts';
import type { TunedPoint } from '../../../../core/report/study/step-study.ts';
import type { CsvCell } from '../../../../words/csv.ts';
import { lossDigits } from '../../../../words/estimates.ts';
import { count, loss, NONE } from '../../../../words/numbers.ts';
import { returnText } from '../../../../words/returns.ts';
import { scaleText } from '../../../../words/step-length.ts';
import { lawOf } from '../../../law.ts';
import { type Scope, studyOf } from '../../state/view.ts';
import type { FigureTable } from '../figure.ts';
import { shownInterval } from '../series.ts';
import { chosenPoints } from './curve-lines.ts';
import { subsetTitle } from './merge-dots.ts';
import { tunedPoints } from './tuned-line.ts';

export function curveTable(scope: Scope): FigureTable {
  const rows = rowsOf(scope);
  const names = scope.report.pool;
  const isTuned = tunedPoints(scope).length > 0;
  const returns = scope.domain === null ? (studyOf(scope)?.returns?.curve ?? null) : null;
  return {
    columns: [
      { title: 'k' },
      { title: 'Subsets' },
      { title: 'Typical' },
      { title: '95%' },
      { title: scope.domain === null ? 'Chosen, cross-fitted' : 'Chosen, as measured' },
      // One merge's loss in one domain has no interval.
      ...(scope.domain === null ? [{ title: '95%' }] : []),
      ...(isTuned ? [{ title: 'Typical, tuned' }, { title: '95%' }, { title: 'Best scale' }] : []),
      { title: 'Law' },
      { title: 'Forecast where not measured' },
      ...(returns ? [{ title: 'Return (95%)' }] : []),
      { title: 'Chosen subset', text: true },
    ],
    rows: rows.map(({ k, point, chosen, tuned, law, forecast }) => [
      `${k}`,
      point ? `${count(point.subsets)} of ${count(point.of)}` : 'none',
      point ? loss(point.mean, Math.max(4, lossDigits(point.low, point.high))) : NONE,
      point ? shownInterval(point.low, point.high) : NONE,
      chosen ? loss(chosen.point.y, 4) : NONE,
      ...(scope.domain === null ? [chosen ? shownInterval(chosen.point.low, chosen.point.high) : NONE] : []),
      ...(isTuned ? tunedTexts(tuned) : []),
      law === null ? NONE : loss(law, 4),
      forecast && !forecast.measured ? forecastText(forecast) : NONE,
      ...(returns ? [returnAt(returns, k)] : []),
      chosen ? subsetTitle(scope.report, chosen.chosen.members) : NONE,
    ]),
    csv: {
      columns: [
        ...['k', 'subsets', 'of', 'draws', 'typical', 'typical_low', 'typical_high', 'sd', 'min', 'max'],
        // At a k that is measured the forecast is the measured mean: a row says which of the two it has.
        ...['law', 'typical_or_forecast', 'typical_or_forecast_low', 'typical_or_forecast_high', 'measured'],
        ...(scope.domain === null
          ? ['chosen_cross_fitted', 'chosen_cross_fitted_low', 'chosen_cross_fitted_high']
          : ['chosen_as_measured']),
        ...(isTuned ? ['tuned', 'tuned_low', 'tuned_high', 'best_scale'] : []),
        ...(returns ? ['return', 'return_low', 'return_high'] : []),
        'chosen_subset',
      ],
      rows: rows.map(({ k, point, chosen, tuned, law, forecast }): CsvCell[] => [
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
        chosen ? chosen.point.y : null,
        ...(scope.domain === null ? [chosen?.point.low ?? null, chosen?.point.high ?? null] : []),
        ...(isTuned ? tunedCells(tuned) : []),
        ...(returns ? returnCells(returns, k) : []),
        chosen ? chosen.chosen.members.map((d) => names[d] ?? '').join(' ') : null,
      ]),
    },
  };
}

function tunedTexts(point: TunedPoint | undefined): readonly string[] {
  if (!point) return [NONE, NONE, NONE];
  const { value, low, high } = point.tuned;
  return [loss(value, Math.max(4, lossDigits(low, high))), shownInterval(low, high), scaleText(point.scale)];
}

function tunedCells(point: TunedPoint | undefined): CsvCell[] {
  return point
    ? [point.tuned.value, point.tuned.low, point.tuned.high, point.scale]
    : [null, null, null, null];
}

type ReturnCurve = NonNullable<Returns['curve']>;

function returnAt(curve: ReturnCurve, k: number): string {
  const point = curve.find((each) => each.k === k);
  return point ? returnText(point) : NONE;
}

function returnCells(curve: ReturnCurve, k: number): CsvCell[] {
  const point = curve.find((each) => each.k === k);
  return [point?.value ?? null, point?.low ?? null, point?.high ?? null];
}

function forecastText({ loss: value, low, high }: LawCurve['forecast'][number]): string {
  const range = shownInterval(low, high);
  return `${loss(value, 4)}${range && ` (${range})`}`;
}

function rowsOf(scope: Scope) {
  const { curve } = scope;
  const chosen = chosenPoints(scope);
  const tuned = tunedPoints(scope);
  const law = curve && lawOf(curve);
  const ks = new Set([
    ...(curve?.points ?? []).map(({ k }) => k),
    ...chosen.map(({ chosen: { k } }) => k),
    ...tuned.map(({ k }) => k),
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
        tuned: tuned.find((at) => at.k === k),
        law: value !== undefined && Number.isFinite(value) ? value : null,
        forecast: curve?.forecast.find((at) => at.k === k),
      };
    });
}
