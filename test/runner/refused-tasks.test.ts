import { describe, expect, it } from 'vitest';
import { parseExperiment } from '../../core/experiment/parse.ts';
import type { Problem } from '../../core/problem.ts';
import {
  answerIn,
  refusedFolders,
  refusedTasks,
  taskDiagnostics,
} from '../../runner/downstream/refused-tasks.ts';

const unknown = {
  code: 'task_unknown',
  message: "The evaluation harness has no task 'hellaswagg'.",
  fix: 'Did you mean hellaswag?',
};
const noMetric = {
  code: 'metric_unknown',
  message: "The task './mine' has no metric 'accuracy'.",
  fix: 'It has: acc.',
};
const task = { metric: null, limit: null, shots: null };

const text = `name: x
base: ./base
experts: { a: ./a, b: ./b }
evaluation:
  data: ./{domain}.json
  downstream:
    - arc_easy
    - hellaswagg
    - { task: hellaswagg, limit: 5 }
    - { task: ./mine, metric: accuracy }
    - ./other
`;
const told = (refused: ReadonlyMap<number, Problem>) =>
  taskDiagnostics(refused, parseExperiment(text).positions).map(({ range: { start }, code, message }) => [
    start.line,
    start.column,
    code,
    message,
  ]);

describe('tasks that cannot be scored as they are asked for', () => {
  it('are in the last line of the answer, whatever libraries say before', () => {
    const line = JSON.stringify({ 1: unknown });
    expect(answerIn(`{ not an answer\nwarning\n${line}\n`)).toEqual(new Map([[1, unknown]]));
    expect(answerIn('{}\n').size).toBe(0);
    expect(answerIn('Traceback\n').size).toBe(0);
  });

  it('are all named at their places, in either way of writing them, a metric at its own', () => {
    const folders = refusedFolders(
      '/nowhere',
      ['arc_easy', 'a', 'b', './mine', './other'].map((name) => ({ ...task, task: name })),
    );
    expect([...folders.keys()]).toEqual([3, 4]);
    const answer = answerIn(JSON.stringify({ 1: unknown, 2: unknown, 3: noMetric }));
    expect(told(new Map([...folders, ...answer]))).toEqual([
      [8, 7, 'task_unknown', unknown.message],
      [9, 15, 'task_unknown', unknown.message],
      [10, 31, 'metric_unknown', noMetric.message],
      [11, 7, 'task_missing', 'There is no task folder /nowhere/other.'],
    ]);
  });

  it("name the task's own file where that is wrong", () => {
    const invalid = {
      code: 'task_invalid',
      message: 'This is no task.',
      fix: '',
      file: '/mine/task.yaml',
      line: 2,
    };
    expect(told(new Map([[3, invalid]]))).toEqual([
      [10, 15, 'task_invalid', '/mine/task.yaml:2: This is no task.'],
    ]);
  });

  it('are none where the harness cannot be asked', async () => {
    const asked = [{ ...task, task: 'arc_easy' }];
    expect(await refusedTasks('/nowhere/python', '/nowhere', asked)).toEqual(new Map());
  });
});
