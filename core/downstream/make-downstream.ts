import { counted } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import type { DownstreamTask } from '../experiment/experiment.ts';
import type { Problem } from '../problem.ts';
import type { Estimated, Report } from '../report/report.ts';
import { seedOf } from '../selection/resample.ts';
import type { MergeKey } from '../store/format.ts';
import type { StoredMetric, TaskKey, TaskScore } from '../store/task-scores.ts';
import type { Downstream, DownstreamScore, DownstreamTaskReport } from './downstream.ts';
import { mostTied, rankAgreement } from './rank-agreement.ts';
import { difference, scoreOf, standardError } from './task-score.ts';
import { type Scored, verdictOf } from './verdict.ts';
import type { WantedModel } from './wanted-models.ts';

/** A task of the experiment with its name by content, or why it has none. */
export type NamedTask =
  | { readonly task: DownstreamTask; readonly key: TaskKey }
  | { readonly task: DownstreamTask; readonly key: null; readonly problem: Problem };

/** Null where the experiment names no task, or nothing is measured that could be scored. */
export function makeDownstream(
  report: Pick<Report, 'headline' | 'pool'>,
  wanted: readonly WantedModel[],
  tasks: readonly NamedTask[],
  scores: readonly TaskScore[],
): Downstream | null {
  const { cell } = report.headline;
  if (tasks.length === 0 || wanted.length === 0 || cell === null) return null;
  const made = tasks.map((task) => taskReport(report.pool, wanted, task, scores));
  const models = wanted.map(({ model }) => model);
  const total = made.length * models.length;
  const there = made.reduce((sum, task) => sum + task.scores.filter((score) => score !== null).length, 0);
  return { cell, models, tasks: made, missing: total - there, total };
}

function taskReport(
  pool: readonly string[],
  wanted: readonly WantedModel[],
  named: NamedTask,
  scores: readonly TaskScore[],
): DownstreamTaskReport {
  const { task, key } = named;
  const keys = new Set(wanted.map(({ line }) => line.key));
  const own = scores.filter((score) => score.task === key && keys.has(score.key));
  const { used, notes } = comparable(own.filter(({ code }) => code === null));
  const rows = wanted.map(({ model, line }) => ({ model, score: used.get(line.key) ?? null }));
  const [first] = used.values();
  const name = task.metric ?? first?.metrics[0]?.name ?? null;
  const lacking = first !== undefined && !first.metrics.some((metric) => metric.name === name);
  const metrics = rows.map(({ score }) => score?.metrics.find((metric) => metric.name === name) ?? null);
  const scored = rows.flatMap(({ model }, i) => {
    const metric = metrics[i];
    return metric ? [{ model, metric }] : [];
  });
  const [one] = scored;
  return {
    task: task.task,
    limit: task.limit,
    shots: task.shots,
    problem: lacking ? noMetric(task, name ?? '', first) : named.key === null ? named.problem : null,
    metric: one ? { name: one.metric.name, higher_is_better: one.metric.higher_is_better } : null,
    items: first?.items ?? 0,
    harness: first?.harness ?? null,
    scores: rows.map(({ score }, i) => scoreRow(score, metrics[i] ?? null)),
    against_base: againstBase(scored),
    agreement: rankAgreement(
      scored.map(({ model, metric }) => ({ loss: model.loss, metric })),
      seedOf(key ?? '0'),
    ),
    tied: mostTied(scored),
    ...verdictOf(
      first?.name ?? task.task,
      scored,
      rows.map(({ model }) => model),
      pool,
    ),
    notes: [...notes, ...failures(own, used)],
  };
}

function againstBase(scored: readonly Scored[]): Estimated | null {
  const own = scored.find(({ model }) => model.recommended);
  const base = scored.find(({ model }) => model.kind === 'base');
  return own && base ? difference(own.metric, base.metric, 1) : null;
}

function scoreRow(score: TaskScore | null, metric: StoredMetric | null): DownstreamScore | null {
  if (!score || !metric) return null;
  const all = score.metrics.map(
    (each) => [each.name, { value: each.value, stderr: standardError(each) }] as const,
  );
  return { score: scoreOf(metric), standard_error: standardError(metric), metrics: Object.fromEntries(all) };
}

/**
 * Scores of one version of the harness that were asked the same: those of most models, of the newer version where
 * that leaves a choice. The first one of each model counts.
 */
function comparable(scores: readonly TaskScore[]): {
  readonly used: ReadonlyMap<MergeKey, TaskScore>;
  readonly notes: readonly string[];
} {
  const groups = new Map<string, Map<MergeKey, TaskScore>>();
  for (const score of scores) {
    const name = JSON.stringify([score.harness, score.requests]);
    const group = groups.get(name) ?? new Map<MergeKey, TaskScore>();
    groups.set(name, group);
    if (!group.has(score.key)) group.set(score.key, score);
  }
  const version = (group: ReadonlyMap<MergeKey, TaskScore>) => [...group.values()][0]?.harness ?? '';
  const [used = new Map<MergeKey, TaskScore>(), ...others] = [...groups.values()].sort(
    (a, b) => b.size - a.size || version(b).localeCompare(version(a), 'en', { numeric: true }),
  );
  const left = others.reduce((sum, group) => sum + group.size, 0);
  const note = `${counted(left, 'score')} of another version of the harness, or of the task's data, ${left === 1 ? 'is' : 'are'} left out.`;
  return { used, notes: left === 0 ? [] : [note] };
}

function failures(scores: readonly TaskScore[], used: ReadonlyMap<MergeKey, TaskScore>): readonly string[] {
  const failed = new Map(
    scores.filter(({ code, key }) => code !== null && !used.has(key)).map((score) => [score.key, score]),
  );
  const [one] = failed.values();
  if (!one) return [];
  return [
    `${counted(failed.size, 'model')} could not be scored: ${plain(one.message ?? one.code ?? '', 300)}`,
  ];
}

function noMetric({ task }: DownstreamTask, metric: string, { metrics }: TaskScore): Problem {
  return {
    code: 'metric_unknown',
    message: `The task \`${plain(task, 60)}\` has no metric \`${plain(metric, 40)}\`.`,
    fix: `It has: ${metrics.map(({ name }) => plain(name, 40)).join(', ')}.`,
  };
}
