/** The typical and the chosen subset over k with their intervals, the law, and what it says of k that are not measured. */
import type { Chosen } from '../../../../core/report/report.ts';
import { estimated } from '../../../../words/estimates.ts';
import { rightSide } from '../../../../words/law.ts';
import { count, counted, loss, signed } from '../../../../words/numbers.ts';
import { fineSteps, lawOf } from '../../../law.ts';
import { findRow, lossAt } from '../../merges/columns.ts';
import type { Scope } from '../../state/view.ts';
import type { FigurePoint, Series, Tip } from '../figure.ts';
import { bandOf, meanPoints, meanTip, plainSeries, valueRows } from '../series.ts';
import { subsetTitle } from './merge-dots.ts';

/** Beside the typical subset's, so that both intervals can be read. */
const BESIDE = 0.12;

export function typicalSeries({ curve }: Scope): Series | null {
  if (!curve || curve.points.length === 0) return null;
  const law = lawOf(curve);
  return {
    ...plainSeries,
    id: 'typical',
    label: 'Typical subset',
    ink: 'blue',
    emphasis: 'strong',
    line: [],
    whiskers: true,
    points: meanPoints(curve.points),
    tip: (i) => {
      const point = curve.points[i];
      if (!point) return { title: '', rows: [] };
      const tip = meanTip('Typical subset', point);
      return law ? { ...tip, rows: [...tip.rows, ['law', loss(law(point.k), 4)]] } : tip;
    },
  };
}

export interface ChosenPoint {
  readonly chosen: Chosen;
  readonly point: FigurePoint;
}

/** Of the objective cross-fitted; of a domain as measured, where the subset has one merge. */
export function chosenPoints({ cell, domain }: Scope): ChosenPoint[] {
  return (cell.selection?.chosen ?? []).flatMap((chosen) => {
    const x = chosen.k + BESIDE;
    if (domain === null) {
      const { value: y, low, high } = chosen.cross_fitted;
      return [{ chosen, point: { x, y, low, high } }];
    }
    const row = findRow(cell.merges, chosen.members);
    const y = row === null ? Number.NaN : lossAt(cell.merges, row, domain);
    return Number.isFinite(y) ? [{ chosen, point: { x, y, low: null, high: null } }] : [];
  });
}

export function chosenSeries(scope: Scope): Series | null {
  const points = chosenPoints(scope);
  if (points.length === 0) return null;
  return {
    ...plainSeries,
    id: 'chosen',
    label: 'Chosen subset',
    ink: 'green',
    shape: 'rectRot',
    emphasis: 'strong',
    line: [6, 3],
    whiskers: true,
    points: points.map(({ point }) => point),
    tip: (i) => chosenTip(scope, points[i]),
  };
}

function chosenTip({ report, domain }: Scope, at: ChosenPoint | undefined): Tip {
  if (!at) return { title: '', rows: [] };
  const { k, members, loss: optimistic, cross_fitted, difference, tied, measured, of } = at.chosen;
  return {
    title: `Chosen, k = ${k}: ${subsetTitle(report, members)}`,
    rows: [
      ...(domain === null
        ? [
            ...valueRows('loss, cross-fitted', cross_fitted),
            ['on the samples it was chosen on', loss(optimistic, 4)] as const,
          ]
        : [['loss, as measured', loss(at.point.y, 4)] as const]),
      ...(difference === null || domain !== null
        ? []
        : ([['against typical', estimated(difference, signed)]] as const)),
      ...(tied === null || tied <= 1 ? [] : ([['as good', `${counted(tied - 1, 'other subset')}`]] as const)),
      ['chosen among', `${counted(measured, 'subset')} of ${count(of)}`],
    ],
  };
}

/** What the forecast says of every k: at a measured one that is the mean's interval, so the band is not the law's. */
export function typicalBand({ curve }: Scope): Series | null {
  const points = bandOf(curve?.forecast ?? []);
  if (points.length === 0) return null;
  return {
    ...plainSeries,
    id: 'typical-band',
    label: '95% of the typical loss: measured, or forecast where not measured',
    ink: 'blue',
    shape: 'none',
    band: { strength: 'faint', points },
    points: [],
  };
}

/** A line alone: a Report holds no band of the law's own. */
export function lawSeries({ curve }: Scope, last: number): Series | null {
  const law = curve && lawOf(curve);
  if (!curve || !law || curve.form === null) return null;
  return {
    ...plainSeries,
    id: 'law',
    label: `Law ${rightSide(curve.form)}`,
    ink: 'purple',
    shape: 'none',
    line: [],
    points: lineOf(law, 1, last),
  };
}

/** The law at the k where nothing is measured. */
export function predictedSeries({ curve }: Scope): Series | null {
  const predicted = (curve?.forecast ?? []).filter(({ measured }) => !measured);
  if (predicted.length === 0) return null;
  return {
    ...plainSeries,
    id: 'predicted',
    label: 'Predicted, not measured',
    ink: 'purple',
    hollow: true,
    whiskers: true,
    points: predicted.map(({ k, loss: y, low, high }) => ({ x: k, y, low, high })),
    tip: (i) => {
      const at = predicted[i];
      if (!at) return { title: '', rows: [] };
      return {
        title: `Predicted by the law, k = ${at.k}`,
        rows: [...valueRows('loss', { value: at.loss, low: at.low, high: at.high }), ['measured', 'no']],
      };
    },
  };
}

/** Exact through three points; judged by nothing, so hidden at first. */
export function threePointSeries({ curve }: Scope, last: number): Series | null {
  if (!curve?.three_point || curve.form === 'three_point') return null;
  const law = lawOf({ form: 'three_point', parameters: curve.three_point });
  if (!law) return null;
  return {
    ...plainSeries,
    id: 'three-point',
    label: 'Three-point forecast',
    ink: 'orange',
    shape: 'none',
    line: [2, 3],
    points: lineOf(law, 1, last),
    startsHidden: true,
  };
}

function lineOf(law: (k: number) => number, first: number, last: number): FigurePoint[] {
  return fineSteps(first, last)
    .map((k) => ({ x: k, y: law(k), low: null, high: null }))
    .filter(({ y }) => Number.isFinite(y));
}
