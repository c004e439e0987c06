/** How far three small merges see: the law through k = 1, 2 and 4, drawn against what was measured later. */
import type { ThreePointRow } from '../../../../core/law/three-point-table.ts';
import { cellName } from '../../../../words/cell-name.ts';
import { counted, NONE, percent, signed } from '../../../../words/numbers.ts';
import { plain } from '../../../../words/plain.ts';
import { millinats } from '../../../../words/units.ts';
import { fineSteps } from '../../../law.ts';
import type { Scope } from '../../state/view.ts';
import { domainName, objectiveName } from '../../text/words.ts';
import { lossAxis } from '../curve/curve-figure.ts';
import { type FigurePoint, kAxis, type Series, type XyFigure } from '../figure.ts';
import { meanPoints, meanTip, plainSeries } from '../series.ts';

/** Null where the curve has no such law, or nothing later to hold it against; the table has every curve of the cell. */
export function threePointFigure(scope: Scope): XyFigure | null {
  const { report, cell, curve, domain } = scope;
  const own = rowsOf(scope).find((row) => row.domain === (curve?.domain ?? null));
  if (!curve || !own?.law || own.forecasts.length === 0) return null;
  const series = [measuredSeries(scope), forecastSeries(own), lawSeries(own)].filter((one) => one !== null);
  return {
    kind: 'xy',
    title: `Three-point forecast · ${cellName(report, cell)} · ${domainName(report, domain)}`,
    summary: `The law through k = 1, 2 and 4 against the typical loss measured later, ${domainName(report, domain)}${own.rms === null ? '' : `: it misses by ${millinats(own.rms)}`}.`,
    x: kAxis(report.pool.length),
    y: lossAxis(series, []),
    series,
    levels: [],
    marks: [],
    ringed: null,
    table: tableOf(scope),
  };
}

/** Of every curve of the report, in a sentence; empty without forecasts. */
export function threePointText({ report }: Scope): string {
  const summary = report.study?.three_point.summary;
  if (!summary || summary.rms === null || summary.largest_absolute === null) return '';
  const { curves, of, forecasts, rms, largest_absolute: largest, worst } = summary;
  const row = worst === null ? undefined : report.study?.three_point.rows[worst];
  const where = row ? ` (${plain(row.domain ?? objectiveName(report.domains))})` : '';
  return `${counted(forecasts, 'forecast')} of ${curves} of ${counted(of, 'curve')} miss by ${millinats(rms)} (root mean square), at most ${millinats(largest)}${where}.`;
}

/** Of the cell: its method at its size. */
function rowsOf({ report, cell, curve }: Scope): readonly ThreePointRow[] {
  const N = curve?.N ?? null;
  return (report.study?.three_point.rows ?? []).filter((row) => row.method === cell.label && row.N === N);
}

function measuredSeries({ curve }: Scope): Series | null {
  if (!curve) return null;
  const { points } = curve;
  return {
    ...plainSeries,
    id: 'measured',
    label: 'Measured',
    ink: 'blue',
    emphasis: 'strong',
    whiskers: true,
    points: meanPoints(points),
    tip: (i) => {
      const point = points[i];
      return point ? meanTip('Typical subset', point) : { title: '', rows: [] };
    },
  };
}

/** Where it foretells what is measured. */
function forecastSeries({ forecasts }: ThreePointRow): Series {
  return {
    ...plainSeries,
    id: 'forecast',
    label: 'Forecast',
    ink: 'orange',
    shape: 'rectRot',
    hollow: true,
    emphasis: 'strong',
    points: forecasts.map(({ k, forecast }) => ({ x: k, y: forecast, low: null, high: null })),
    tip: (i) => {
      const at = forecasts[i];
      if (!at) return { title: '', rows: [] };
      return {
        title: `Forecast from k = 1, 2 and 4, k = ${at.k}`,
        rows: [
          ['forecast', at.forecast.toFixed(5)],
          ['measured', at.measured.toFixed(5)],
          ['forecast minus measured', `${signed(1000 * at.error, 2)} mnat`],
          ['as a share of the fall from k = 1', at.share === null ? NONE : percent(at.share)],
        ],
      };
    },
  };
}

/** Hidden from the axis by its id, as in the curve: where it runs away it squeezes nothing. */
function lawSeries({ law, forecasts }: ThreePointRow): Series | null {
  if (!law) return null;
  const last = forecasts.at(-1)?.k ?? 4;
  return {
    ...plainSeries,
    id: 'three-point',
    label: 'Law through k = 1, 2 and 4',
    ink: 'orange',
    shape: 'none',
    line: [2, 3],
    points: fineSteps(1, last).map(
      (k): FigurePoint => ({ x: k, y: law.Linf + law.A / (k + law.b), low: null, high: null }),
    ),
  };
}

function tableOf(scope: Scope): XyFigure['table'] {
  const rows = rowsOf(scope);
  const name = ({ domain }: ThreePointRow) => plain(domain ?? objectiveName(scope.report.domains));
  return {
    columns: [
      { title: 'Loss', text: true },
      { title: 'k' },
      { title: 'Forecast' },
      { title: 'Measured' },
      { title: 'Error, mnat' },
      { title: 'Share of the fall' },
    ],
    rows: rows.flatMap((row) =>
      row.forecasts.length === 0
        ? [[name(row), NONE, plain(row.reason ?? NONE, 200), NONE, NONE, NONE]]
        : row.forecasts.map(({ k, forecast, measured, error, share }) => [
            ...[name(row), `${k}`, forecast.toFixed(5), measured.toFixed(5)],
            ...[signed(1000 * error, 2), share === null ? NONE : percent(share)],
          ]),
    ),
    csv: {
      columns: ['domain', 'k', 'forecast', 'measured', 'error', 'share'],
      rows: rows.flatMap((row) =>
        row.forecasts.map(({ k, forecast, measured, error, share }) => [
          ...[row.domain ?? objectiveName(scope.report.domains), k, forecast, measured, error, share],
        ]),
      ),
    },
  };
}
