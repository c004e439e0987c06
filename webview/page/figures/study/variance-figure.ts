/** How the variance over subsets falls with k: measured, and as both laws have it, on a logarithmic axis. */
import type { SpreadLaw } from '../../../../core/law/spread/spread-law.ts';
import { cellName } from '../../../../words/cell-name.ts';
import { count, counted, NONE, significant } from '../../../../words/numbers.ts';
import { offBy } from '../../../../words/spread.ts';
import { fineSteps } from '../../../law.ts';
import { type Scope, studyOf } from '../../state/view.ts';
import { domainName } from '../../text/words.ts';
import { type FigurePoint, kAxis, type Series, type XyFigure } from '../figure.ts';
import { logAxis } from '../log-axis.ts';
import { plainSeries } from '../series.ts';

/** nats² to millinats² */
const MILLI2 = 1e6;

/** Of the objective; null before two k have a spread. */
export function varianceFigure(scope: Scope): XyFigure | null {
  const law = studyOf(scope)?.spread;
  if (!law || law.points.length < 2) return null;
  const lines = [finiteSeries(law), paperSeries(law)].filter((one) => one !== null);
  const measured = measuredSeries(law);
  const values = [measured, ...lines].flatMap(({ points }) => points.map(({ y }) => 10 ** y));
  const name = `${cellName(scope.report, scope.cell)} · ${domainName(scope.report, null)}`;
  return {
    kind: 'xy',
    title: `Variance over subsets · ${name}`,
    summary: `Variance of the loss over subsets of k experts, in thousandths of a nat squared, with two laws. ${betterText(law)}`,
    x: kAxis(law.pool),
    y: logAxis('variance, mnat²', values),
    series: [measured, ...lines],
    levels: [],
    marks: [],
    ringed: null,
    table: tableOf(law),
  };
}

/** Which law describes it, and by how much they miss. */
export function betterText({ describes_better: better, paper, finite, reason }: SpreadLaw): string {
  if (!better || !paper || !finite) return reason ? `Which law describes it better is open: ${reason}.` : '';
  const [one, other] =
    better === 'finite'
      ? ['Drawing without replacement', 'the paper’s form']
      : ['The paper’s form', 'drawing without replacement'];
  const [first, second] = better === 'finite' ? [finite, paper] : [paper, finite];
  return `${one} describes it better: at a k left out it is off by ${offBy(first.left_out_log_rms)}, ${other} by ${offBy(second.left_out_log_rms)}.`;
}

function measuredSeries({ points }: SpreadLaw): Series {
  return {
    ...plainSeries,
    id: 'measured',
    label: 'Measured',
    ink: 'blue',
    emphasis: 'strong',
    points: points.map(({ k, variance }) => at(k, variance)),
    tip: (i) => {
      const point = points[i];
      if (!point) return { title: '', rows: [] };
      const { k, variance, subsets, of } = point;
      return {
        title: `Variance, k = ${k}`,
        rows: [
          ['measured', `${significant(MILLI2 * variance)} mnat²`],
          ['over', of === null ? counted(subsets, 'order') : `${counted(subsets, 'subset')} of ${count(of)}`],
        ],
      };
    },
  };
}

function finiteSeries({ finite, pool, points }: SpreadLaw): Series | null {
  if (!finite || !(finite.parameters.v > 0)) return null;
  const { v } = finite.parameters;
  return {
    ...plainSeries,
    id: 'finite',
    label: 'Without replacement: v·(M − k)/(k·(M − 1))',
    ink: 'green',
    shape: 'none',
    line: [6, 3],
    points: lineOf(points, (k) => (v * (pool - k)) / (k * Math.max(1, pool - 1))),
  };
}

function paperSeries({ paper, points }: SpreadLaw): Series | null {
  if (!paper) return null;
  const { V, a, b } = paper.parameters;
  return {
    ...plainSeries,
    id: 'paper',
    label: 'As published: V* + a/(k + b)',
    ink: 'orange',
    shape: 'none',
    line: [2, 2],
    points: lineOf(points, (k) => V + a / (k + b)),
  };
}

/** Over the measured k: at k = M one of the laws is zero. */
function lineOf(points: SpreadLaw['points'], law: (k: number) => number): FigurePoint[] {
  const steps = fineSteps(points[0]?.k ?? 1, points.at(-1)?.k ?? 1);
  return steps.filter((k) => law(k) > 0).map((k) => at(k, law(k)));
}

function at(k: number, variance: number): FigurePoint {
  return { x: k, y: Math.log10(MILLI2 * variance), low: null, high: null };
}

function tableOf({ points, finite, paper }: SpreadLaw): XyFigure['table'] {
  const shown = (value: number | undefined) => (value === undefined ? NONE : significant(MILLI2 * value));
  return {
    columns: [
      { title: 'k' },
      { title: 'Merges' },
      { title: 'Variance, mnat²' },
      { title: 'Without replacement' },
      { title: 'As published' },
    ],
    rows: points.map(({ k, variance, subsets, of }, i) => [
      `${k}`,
      of === null ? counted(subsets, 'order') : `${count(subsets)} of ${count(of)}`,
      shown(variance),
      shown(finite?.fitted[i]),
      shown(paper?.fitted[i]),
    ]),
    csv: {
      columns: ['k', 'subsets', 'of', 'variance', 'finite', 'paper'],
      rows: points.map(({ k, variance, subsets, of }, i) => [
        ...[k, subsets, of, variance],
        ...[finite?.fitted[i] ?? null, paper?.fitted[i] ?? null],
      ]),
    },
  };
}
