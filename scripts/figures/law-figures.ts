/** Figures of one size's law: both curves, spread, three points, methods. */
import type { Cell, Report } from '../../core/report/report.ts';
import type { CellStudy } from '../../core/report/study/study.ts';
import { lawOf } from '../../webview/law.ts';
import { forest } from './forest.ts';
import { type Plot, plot, type Series } from './plot.ts';
import { BLUE, GREY, ORANGE, SERIES } from './svg.ts';

const MILLINATS = 1000;

export function typicalAndChosen(cell: Cell): string {
  const [curve] = cell.curves;
  const law = curve && lawOf(curve);
  if (!curve || !law) throw new Error('The experiment has no law to draw.');
  const floor = curve.parameters?.['Linf'];
  const ks = curve.points.map(({ k }) => k);
  const [first, last] = [Math.min(...ks), Math.max(...ks)];
  const dense = Array.from({ length: 49 }, (_, i) => first + ((last - first) * i) / 48);
  return plot({
    alt: 'Loss against the number of experts: the typical subset falls with the law towards its floor, the chosen one lies below it',
    x: 'k, experts merged',
    y: 'loss, nats per token',
    series: [
      { name: 'law', colour: GREY, draw: 'line', points: dense.map((k) => ({ x: k, y: law(k) })) },
      {
        name: 'typical',
        colour: BLUE,
        draw: 'dots',
        points: curve.points.map(({ k, mean }) => ({ x: k, y: mean })),
      },
      {
        name: 'chosen, cross-fitted',
        colour: ORANGE,
        draw: 'dots',
        points: (cell.selection?.chosen ?? []).map(({ k, cross_fitted }) => ({
          x: k,
          y: cross_fitted.value,
        })),
      },
    ],
    ...(floor === undefined ? {} : { rule: floor }),
  });
}

export function spread({ spread: law }: CellStudy): string {
  const fitted = (name: string, values: readonly number[] | undefined, colour: string): Series[] =>
    values
      ? [{ name, colour, draw: 'line', points: law.points.map(({ k }, i) => ({ x: k, y: values[i] ?? 0 })) }]
      : [];
  return plot({
    alt: "Variance over subsets against k, with both laws: the finite pool falls to zero at k = M, the paper's form does not",
    x: 'k, experts merged',
    y: 'variance, nats²',
    log: true,
    series: [
      {
        name: 'measured',
        colour: GREY,
        draw: 'dots',
        points: law.points.map(({ k, variance }) => ({ x: k, y: variance })),
      },
      ...fitted("paper's V* + a/(k + b)", law.paper?.fitted, ORANGE),
      ...fitted('finite pool', law.finite?.fitted, BLUE),
    ],
  });
}

/** Forecast minus measured, of the objective under each method. */
export function threePoints({ study }: Report): string {
  const rows = (study?.three_point.rows ?? []).filter(
    ({ domain, forecasts }) => domain === null && forecasts.length > 0,
  );
  const asked: Plot = {
    alt: 'Error of the law through k = 1, 2 and 4 at each later k, by method',
    x: 'k, experts merged',
    y: 'forecast − measured, mnat',
    rule: 0,
    series: rows.map(({ method, forecasts }, i) => ({
      name: method,
      colour: SERIES[i % SERIES.length] ?? GREY,
      draw: 'line' as const,
      points: forecasts.map(({ k, error }) => ({ x: k, y: MILLINATS * error })),
    })),
  };
  return plot(asked);
}

export function methods({ cells }: Report): string {
  return forest(
    'Each method against the best one on the same subsets, with its interval',
    'typical loss minus that of the best method on the same subsets, nats per token',
    cells.flatMap(({ label, against_best }) =>
      against_best?.at ? [{ name: label, ...against_best.at.difference }] : [],
    ),
  );
}
