import { modelName, scoreText } from '../../../../words/downstream.ts';
import { loss } from '../../../../words/numbers.ts';
import { nameList, plain } from '../../../../words/plain.ts';
import type { FigureTable } from '../figure.ts';
import type { TaskScope } from './score-figure.ts';

/** Every model with its loss and its score. */
export function scoreTable({ downstream, task, pool }: TaskScope): FigureTable {
  const metric = plain(task.metric?.name ?? 'score', 40);
  const rows = downstream.models.flatMap((model, i) => {
    const score = task.scores[i];
    return score ? [{ model, score, members: model.members.map((member) => pool[member] ?? '?') }] : [];
  });
  return {
    columns: [
      { title: 'Model', text: true },
      { title: 'Loss' },
      { title: `${metric} ± standard error` },
      { title: 'Experts', text: true },
      { title: 'Note', text: true },
    ],
    rows: rows.map(({ model, score, members }) => [
      modelName(model, pool),
      loss(model.loss),
      scoreText(score),
      nameList(members),
      model.recommended ? 'recommended' : '',
    ]),
    csv: {
      columns: ['model', 'experts', 'recommended', 'loss', metric, 'standard_error', 'low', 'high'],
      rows: rows.map(({ model, score, members }) => [
        ...[model.kind, members.join(' '), model.recommended ? 'yes' : 'no', model.loss],
        ...[score.score.value, score.standard_error, score.score.low, score.score.high],
      ]),
    },
  };
}
