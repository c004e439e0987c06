/** Score on a task over the loss, a point a model: what is low on the left should be good. */
import type {
  Downstream,
  DownstreamModel,
  DownstreamTaskReport,
} from '../../../../core/downstream/downstream.ts';
import { modelName, scoreText, taskTitle } from '../../../../words/downstream.ts';
import { loss } from '../../../../words/numbers.ts';
import { nameList, plain } from '../../../../words/plain.ts';
import { type Axis, padded, type Series, type XyFigure } from '../figure.ts';
import { extent, plainSeries, valueRows } from '../series.ts';
import { scoreTable } from './score-table.ts';

export interface TaskScope {
  readonly downstream: Downstream;
  readonly task: DownstreamTaskReport;
  readonly pool: readonly string[];
}

const KINDS = [
  { kind: 'merge', label: 'Chosen merges', ink: 'green', shape: 'rectRot' },
  { kind: 'expert', label: 'Experts', ink: 'blue', shape: 'circle' },
  { kind: 'base', label: 'Base', ink: 'foreground', shape: 'crossRot' },
] as const;

/** Null before a model is scored. */
export function scoreFigure(scope: TaskScope): XyFigure | null {
  const { task, downstream } = scope;
  if (!task.metric) return null;
  const series = KINDS.map((looks) => seriesOf(scope, looks)).filter(({ points }) => points.length > 0);
  const points = series.flatMap((one) => one.points);
  const recommended = downstream.models.findIndex((model) => model.recommended);
  return {
    kind: 'xy',
    title: `${plain(task.metric.name, 40)} over the loss, ${plain(task.task, 60)}`,
    summary: `${taskTitle(task)}. ${task.sentence}`,
    x: axis(
      'loss, nats per token',
      points.map(({ x }) => ({ y: x, low: null, high: null })),
    ),
    y: axis(
      `${plain(task.metric.name, 40)}${task.metric.higher_is_better ? '' : ', lower is better'}`,
      points,
    ),
    series,
    levels: [],
    marks: [],
    ringed: pointOf(scope, recommended),
    table: scoreTable(scope),
  };
}

function seriesOf(scope: TaskScope, { kind, label, ink, shape }: (typeof KINDS)[number]): Series {
  const own = scope.downstream.models
    .map((model, i) => ({ model, point: pointOf(scope, i), score: scope.task.scores[i] ?? null }))
    .filter(({ model, point }) => model.kind === kind && point !== null)
    .sort((a, b) => a.model.loss - b.model.loss);
  return {
    ...plainSeries,
    ...{ id: kind, label, ink, shape, emphasis: 'strong', whiskers: true },
    points: own.flatMap(({ point }) => point ?? []),
    tip: (i) => {
      const { model, score } = own[i] ?? {};
      if (!model || !score) return { title: '', rows: [] };
      return {
        title: nameOf(model, scope.pool),
        rows: [
          ...valueRows(scope.task.metric?.name ?? 'score', score.score),
          ['± standard error', scoreText(score)] as const,
          ['loss', loss(model.loss, 4)] as const,
        ],
      };
    },
  };
}

function nameOf(model: DownstreamModel, pool: readonly string[]): string {
  const name = modelName(model, pool);
  const members = nameList(model.members.map((i) => pool[i] ?? '?'));
  return model.kind === 'merge' ? `${name}: ${members}` : name;
}

function pointOf({ downstream, task }: TaskScope, i: number) {
  const [model, score] = [downstream.models[i], task.scores[i]];
  if (!model || !score) return null;
  const { value, low, high } = score.score;
  return { x: model.loss, y: value, low, high };
}

function axis(title: string, points: Parameters<typeof extent>[0]): Axis {
  const [lowest, highest] = extent(points, true) ?? [0, 1];
  const [min, max] = padded(lowest, highest);
  return { title, min, max, least: min, most: max };
}
