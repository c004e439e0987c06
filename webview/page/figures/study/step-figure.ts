/** Loss over the step length of a tuned method: the mean of the tuned subsets of some k, and each subset in the table. */
import type { StepCurve } from '../../../../core/report/study/step-study.ts';
import { cellName } from '../../../../words/cell-name.ts';
import { estimated, lossDigits } from '../../../../words/estimates.ts';
import { loss, NONE, signed } from '../../../../words/numbers.ts';
import { scaleText, stepSentences } from '../../../../words/step-length.ts';
import { type Scope, studyOf } from '../../state/view.ts';
import { subsetTitle } from '../curve/merge-dots.ts';
import { type FigureTable, type Ink, padded, type Series, type XyFigure } from '../figure.ts';
import { DASHES, extent, plainSeries, shownInterval } from '../series.ts';

const INKS: readonly Ink[] = ['blue', 'green', 'orange', 'purple', 'red'];

/** Of the objective; null where no method is tuned, and before any subset is. */
export function stepFigure(scope: Scope): XyFigure | null {
  const step = studyOf(scope)?.step;
  if (!step || scope.domain !== null) return null;
  const { report, cell } = scope;
  const ks = [...new Set(step.subsets.map(({ members }) => members.length))];
  const series = spread(ks, INKS.length).map((k, i) =>
    curveOf(
      k,
      step.subsets.filter(({ members }) => members.length === k),
      i,
    ),
  );
  const [low, high] = padded(
    ...(extent(
      series.flatMap(({ points }) => points),
      false,
    ) ?? [0, 1]),
  );
  const last = Math.max(...series.flatMap(({ points }) => points.map(({ x }) => x)));
  const [least, most] = padded(0, last, 0.03);
  return {
    kind: 'xy',
    title: `Step length · ${cellName(report, cell)}`,
    summary: `Loss over the scale of the update. ${stepSentences(step, report.pool.length).join(' ')}`,
    x: { title: 'scale', min: least, max: most, least, most },
    y: { title: 'loss, nats per token', min: low, max: high, least: low, most: high },
    series,
    levels: [],
    marks: [],
    ringed: null,
    table: tableOf(scope, step.subsets),
  };
}

/** So many of them, both ends among them. */
function spread(ks: readonly number[], most: number): number[] {
  if (ks.length <= most) return [...ks];
  return Array.from({ length: most }, (_, i) => ks[Math.round((i * (ks.length - 1)) / (most - 1))] ?? 1);
}

/** At the scales at which every subset of this k was merged. */
function curveOf(k: number, curves: readonly StepCurve[], i: number): Series {
  const [first, ...others] = curves;
  const points = (first?.merges ?? []).flatMap(({ scale, loss: own }) => {
    const rest = others.flatMap(({ merges }) => merges.find((merge) => merge.scale === scale)?.loss ?? []);
    if (rest.length < others.length) return [];
    const y = rest.reduce((sum, each) => sum + each, own) / curves.length;
    return [{ x: scale, y, low: null, high: null }];
  });
  return {
    ...plainSeries,
    id: `k-${k}`,
    label: `k = ${k}`,
    ink: INKS[i % INKS.length] ?? 'blue',
    line: DASHES[i % DASHES.length] ?? [],
    points,
    tip: (at) => ({
      title: `k = ${k}, ${points[at]?.x === 0 ? 'the base' : `scale ${scaleText(points[at]?.x ?? 0)}`}`,
      rows: [['mean loss', loss(points[at]?.y ?? Number.NaN, 4)]],
    }),
  };
}

function tableOf({ report }: Scope, curves: readonly StepCurve[]): FigureTable {
  return {
    columns: [
      { title: 'Subset', text: true },
      { title: 'k' },
      { title: 'Best scale' },
      { title: '95%' },
      { title: 'Loss there, cross-fitted' },
      { title: 'Tuning saves' },
      { title: 'Merged there', text: true },
    ],
    rows: curves.map(({ members, scale, on_edge, loss: best, gain, verified }) => [
      subsetTitle(report, members),
      `${members.length}`,
      `${scaleText(scale.value)}${on_edge ? ', the last that was tried' : ''}`,
      shownInterval(scale.low, scale.high) || NONE,
      estimated(best, loss, Math.min(4, lossDigits(best.low, best.high))),
      estimated(gain, signed, Math.min(4, lossDigits(gain.low, gain.high))),
      verified ? 'yes' : 'not yet',
    ]),
    csv: {
      columns: [
        ...['subset', 'k', 'scale', 'loss', 'best_scale', 'best_scale_low', 'best_scale_high'],
        ...['best_loss', 'gain', 'gain_low', 'gain_high', 'verified'],
      ],
      rows: curves.flatMap(({ members, merges, scale, loss: best, gain, verified }) =>
        merges.map((merge) => [
          members.map((d) => report.pool[d] ?? '').join(' '),
          ...[members.length, merge.scale, merge.loss, scale.value, scale.low, scale.high],
          ...[best.value, gain.value, gain.low, gain.high, verified ? 'yes' : 'no'],
        ]),
      ),
    },
  };
}
