/** Loss over the cost of training, sizes beside each other: what no other option beats in both, and what the budget allows. */
import type { Option, Planning } from '../../../../core/planning/planning.ts';
import { loss } from '../../../../words/numbers.ts';
import { plain } from '../../../../words/plain.ts';
import { costText } from '../../../../words/planning.ts';
import { bytes, parameters } from '../../../../words/units.ts';
import { lossAxis } from '../curve/curve-figure.ts';
import type { FigurePoint, Level, Series, XyFigure } from '../figure.ts';
import { inkAndShape } from '../overlay-figure.ts';
import { plainSeries, valueRows } from '../series.ts';
import { type CostAxis, costAxis } from './cost-axis.ts';
import { frontierTable } from './frontier-table.ts';

/** Null where no option is known. */
export function frontierFigure(planning: Planning): XyFigure | null {
  const { options, frontier, best, budget } = planning;
  const cost = costAxis(planning);
  if (!cost) return null;
  const sizes = [...new Set(options.map(({ size }) => size))];
  const series = [
    ...sizes.flatMap((size, i) => ofSize(planning, size, i, cost)),
    frontierSeries(
      frontier.flatMap((i) => options[i] ?? []),
      cost,
    ),
  ];
  const levels = targetLevel(budget.target_loss);
  const y = lossAxis(series, levels);
  const limit = limitSeries(cost, y.least, y.most);
  const chosen = best === null ? undefined : options[best];
  return {
    kind: 'xy',
    title: 'Loss over the cost of training',
    summary: `Typical loss of each size and k against what its experts cost to train. ${planning.sentences[0] ?? ''}`,
    x: cost.axis,
    y,
    series: limit ? [...series, limit] : series,
    levels,
    marks: [],
    ringed: chosen ? pointOf(chosen, cost) : null,
    table: frontierTable(planning),
  };
}

function pointOf(option: Option, cost: CostAxis): FigurePoint {
  const { value: y, low, high } = option.loss;
  return { x: cost.at(option), y, low, high };
}

/** What is measured, and what the law says of other k. */
function ofSize({ options }: Planning, size: string, place: number, cost: CostAxis): Series[] {
  const looks = { ...inkAndShape(place), line: null };
  const name = plain(size, 24);
  return [true, false].flatMap((measured) => {
    const own = options.filter((option) => option.size === size && option.measured === measured);
    if (own.length === 0) return [];
    return [
      {
        ...plainSeries,
        ...looks,
        id: measured ? size : `${size} law`,
        label: measured ? name : `${name}, by the law`,
        hollow: !measured,
        emphasis: 'strong' as const,
        points: own.map((option) => pointOf(option, cost)),
        tip: (i: number) => tipOf(own[i]),
      },
    ];
  });
}

function frontierSeries(options: readonly Option[], cost: CostAxis): Series {
  return {
    ...plainSeries,
    id: 'frontier',
    label: 'Nothing is cheaper and better',
    ink: 'foreground',
    shape: 'none',
    line: [2, 2],
    points: options.map((option) => pointOf(option, cost)),
  };
}

function targetLevel(target: number | null): Level[] {
  if (target === null) return [];
  const label = `Target ${loss(target)}`;
  return [
    {
      ...{ id: 'target', label, interval: '', named: true, value: target },
      ...{ ink: 'green', dash: [6, 3], startsHidden: false },
    },
  ];
}

/** From the bottom to the top; null where GPU-hours are not limited, or have no price. */
function limitSeries({ limit }: CostAxis, least: number, most: number): Series | null {
  if (limit === null) return null;
  const end = (y: number): FigurePoint => ({ x: limit.at, y, low: null, high: null });
  return {
    ...plainSeries,
    id: 'limit',
    label: limit.label,
    ink: 'red',
    shape: 'none',
    line: [6, 3],
    points: [end(least), end(most)],
  };
}

function tipOf(option: Option | undefined) {
  if (!option) return { title: '', rows: [] };
  const { size, k, parameters: count, loss: own, measured, memory_bytes, allowed } = option;
  return {
    title: `${plain(size, 40)} (${parameters(count)}), ${k === 0 ? 'the base alone' : `k = ${k}`}`,
    rows: [
      ...valueRows('typical loss', own),
      ['measured', measured ? 'yes' : 'no, by the law'] as const,
      ['training', costText(option)] as const,
      ['weights', bytes(memory_bytes)] as const,
      ['within the budget', allowed ? 'yes' : 'no'] as const,
    ],
  };
}
