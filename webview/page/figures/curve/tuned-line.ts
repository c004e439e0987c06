/** The typical subset with its best step length at each k, where a method was tuned. */
import type { TunedPoint } from '../../../../core/report/study/step-study.ts';
import { count, counted } from '../../../../words/numbers.ts';
import { scaleText } from '../../../../words/step-length.ts';
import { type Scope, studyOf } from '../../state/view.ts';
import type { Series, Tip } from '../figure.ts';
import { plainSeries, valueRows } from '../series.ts';

/** On the other side of the typical subset's interval than the chosen one's. */
const BESIDE = 0.12;

/** Of the objective: domains are not tuned apart. */
export function tunedPoints(scope: Scope): readonly TunedPoint[] {
  return scope.domain === null ? (studyOf(scope)?.step?.by_k ?? []) : [];
}

export function tunedSeries(scope: Scope): Series | null {
  const points = tunedPoints(scope);
  if (points.length === 0) return null;
  return {
    ...plainSeries,
    id: 'tuned',
    label: 'Typical subset, best scale',
    ink: 'orange',
    shape: 'triangle',
    line: [5, 4],
    whiskers: true,
    points: points.map(({ k, tuned: { value: y, low, high } }) => ({ x: k - BESIDE, y, low, high })),
    tip: (i) => tunedTip(points[i]),
  };
}

function tunedTip(point: TunedPoint | undefined): Tip {
  if (!point) return { title: '', rows: [] };
  const { k, scale, tuned, gain, subsets, of } = point;
  return {
    title: `Typical subset at its best scale, k = ${k}`,
    rows: [
      ...valueRows('mean loss', tuned),
      ...valueRows('tuning saves', gain),
      ['best scale', scaleText(scale)],
      ['tuned', `${counted(subsets, 'subset')} of ${count(of)}`],
    ],
  };
}
