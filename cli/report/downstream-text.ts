import type { Downstream, DownstreamTaskReport } from '../../core/downstream/downstream.ts';
import type { Report } from '../../core/report/report.ts';
import { missingText, modelName, scoreText, taskSentences, taskTitle } from '../../words/downstream.ts';
import { loss } from '../../words/numbers.ts';
import { plainLines } from '../../words/plain.ts';
import type { Style } from '../terminal/style.ts';
import { table, wrap } from '../terminal/table.ts';
import { subsetText } from './k-table.ts';

/** Whether lower loss was more right answers; with `full`, every model's score. Empty without tasks. */
export function downstreamText(report: Report, style: Style, columns: number, full: boolean): string {
  const { downstream } = report;
  if (!downstream) return '';
  const tasks = downstream.tasks.filter(({ metric }) => metric !== null);
  const missing = missingText(downstream);
  return [
    ...tasks.map((task) => taskText(report, downstream, task, style, columns, full)),
    missing === '' ? '' : `  ${style.bold('Downstream')}  ${style.dim(wrap(missing, columns - 14).trim())}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function taskText(
  report: Report,
  { models }: Downstream,
  task: DownstreamTaskReport,
  style: Style,
  columns: number,
  full: boolean,
): string {
  const rows = models.flatMap((model, i) => {
    const score = task.scores[i] ?? null;
    if (!score) return [];
    const mark = model.recommended ? style.green('▸') : ' ';
    const members = model.kind === 'merge' ? subsetText(report, model.members, 44) : '';
    return [[mark, modelName(model, report.pool), loss(model.loss), scoreText(score), members]];
  });
  const scores = table(
    [
      { title: '', align: 'left' },
      { title: 'model', align: 'left' },
      { title: 'loss', align: 'right' },
      { title: `${task.metric?.name ?? 'score'} ± std. error`, align: 'right' },
      { title: 'experts', align: 'left', leaveOut: 1 },
    ],
    rows,
    { indent: '  ', heading: style.dim, width: columns },
  );
  const said = taskSentences(task).map((sentence) => wrap(plainLines(sentence), columns, '    '));
  const heading = `  ${style.bold('Downstream')}  ${style.dim(taskTitle(task))}`;
  return [heading, ...said, ...(full ? [scores] : [])].join('\n');
}
