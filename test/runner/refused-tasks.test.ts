import { describe, expect, it } from 'vitest';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { answerIn, refusedTasks, taskDiagnostics } from '../../runner/downstream/refused-tasks.ts';

const unknown = {
  code: 'task_unknown',
  message: "The evaluation harness has no task 'hellaswagg'.",
  fix: 'Did you mean hellaswag?',
};
const line = JSON.stringify({ hellaswagg: unknown });
const task = { metric: null, limit: null, shots: null };

describe('tasks that the harness does not know', () => {
  it('are in the last line of its answer, whatever libraries say before', () => {
    expect(answerIn(`{ not an answer\nwarning\n${line}\n`)).toEqual(new Map([['hellaswagg', unknown]]));
    expect(answerIn('{}\n').size).toBe(0);
    expect(answerIn('Traceback\n').size).toBe(0);
  });

  it('are named at their lines, in either way of writing them', () => {
    const text = `name: x
base: ./base
experts: { a: ./a, b: ./b }
evaluation:
  data: ./{domain}.json
  downstream:
    - arc_easy
    - hellaswagg
    - { task: hellaswagg, limit: 5 }
`;
    const tasks = ['arc_easy', 'hellaswagg', 'hellaswagg'].map((name) => ({ ...task, task: name }));
    const found = taskDiagnostics(tasks, answerIn(line), parseExperiment(text).positions);
    expect(found.map(({ range: { start } }) => [start.line, start.column])).toEqual([
      [8, 7],
      [9, 15],
    ]);
    expect(found[0]).toMatchObject({ ...unknown, severity: 'error' });
  });

  it('are not asked for where there are only folders', async () => {
    expect(await refusedTasks('/nowhere/python', [{ ...task, task: './tasks/mine' }])).toEqual(new Map());
  });

  it('are none where the harness cannot be asked', async () => {
    expect(await refusedTasks('/nowhere/python', [{ ...task, task: 'arc_easy' }])).toEqual(new Map());
  });
});
