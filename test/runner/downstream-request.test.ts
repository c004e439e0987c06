import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { DownstreamTask, Experiment } from '../../core/experiment/experiment.ts';
import { ProblemError } from '../../core/problem.ts';
import { makeReport } from '../../core/report/make-report.ts';
import { DownstreamReports } from '../../runner/downstream/downstream-report.ts';
import { downstreamRequest, taskRequests } from '../../runner/downstream/downstream-request.ts';
import { taskNamed } from '../downstream/report-with-tasks.ts';
import { experimentOf, inputOf, World, WorldResults } from '../report/world.ts';

const root = mkdtempSync(path.join(tmpdir(), 'merge-lab-request-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
mkdirSync(path.join(root, 'mine'));
writeFileSync(path.join(root, 'mine', 'task.yaml'), 'task: mine\n');

const world = new World({ seed: 5, experts: 4, domains: 2, samples: 20 });
const input = inputOf(world, { goals: { pick: 2 } });
const { header } = input.plan;

function asking(...downstream: DownstreamTask[]): Experiment {
  const experiment = experimentOf(world);
  return { ...experiment, evaluation: { ...experiment.evaluation, downstream } };
}

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.code;
    throw error;
  }
  return 'nothing';
}

describe('what the agent is asked', () => {
  const report = makeReport(input, { stage: 'complete' });

  it('is every model once, as lines of the plan, and every task by name or folder', () => {
    const { models, tasks } = downstreamRequest(
      asking(taskNamed('./mine'), { ...taskNamed('arc_easy'), limit: 100, shots: 5 }),
      report,
      header,
      root,
    );
    const lines = new Map(input.plan.lines.map((line) => [line.key, line]));
    for (const { key, size, method, subset, seed } of models)
      expect(lines.get(key)).toMatchObject({ size, method, subset, seed });
    expect(new Set(models.map(({ key }) => key)).size).toBe(models.length);
    expect(tasks).toEqual([
      { key: expect.any(String), folder: path.join(root, 'mine'), limit: null, shots: null },
      { key: expect.any(String), name: 'arc_easy', limit: 100, shots: 5 },
    ]);
  });

  it('is a task once where two entries differ in the metric alone', () => {
    const other = { ...taskNamed('arc_easy'), metric: 'acc_norm' };
    expect(taskRequests(asking(taskNamed('arc_easy'), other), root)).toHaveLength(1);
  });

  it('is refused without tasks, without a folder, and before anything is scored', () => {
    expect(refusal(() => taskRequests(asking(), root))).toBe('no_tasks');
    expect(refusal(() => taskRequests(asking(taskNamed('./other')), root))).toBe('task_missing');
    const empty = makeReport({ ...input, results: new WorldResults(world) }, { stage: 'complete' });
    const asked = asking(taskNamed('arc_easy'));
    expect(refusal(() => downstreamRequest(asked, empty, header, root))).toBe('nothing_measured');
  });

  it('stands in complete reports as still to be done, computed once', () => {
    const reports = new DownstreamReports({ store: path.join(root, 'store'), folder: root });
    const asked = asking(taskNamed('./mine'), taskNamed('./other'));
    const { downstream } = reports.add(report, asked, header);
    expect(downstream?.missing).toBe(downstream?.total);
    expect(downstream?.tasks.map(({ problem }) => problem?.code ?? null)).toEqual([null, 'task_missing']);
    expect(reports.add(report, asked, header).downstream).toBe(downstream);
    expect(reports.add({ ...report, stage: 'points' }, asked, header).downstream).toBeUndefined();
    expect(reports.add(report, asking(), header)).toBe(report);
  });
});
