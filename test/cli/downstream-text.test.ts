import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { sayRefused } from '../../cli/commands/run-downstream.ts';
import { reportText } from '../../cli/report/report-text.ts';
import { ioOf } from '../../cli/terminal/io.ts';
import { styleFor } from '../../cli/terminal/style.ts';
import { makeReport } from '../../core/report/make-report.ts';
import type { Report } from '../../core/report/report.ts';
import { taskNamed, withTasks } from '../downstream/report-with-tasks.ts';
import { inputOf, World } from '../report/world.ts';

const world = new World({ seed: 5, experts: 5, domains: 2, samples: 30, taste: 0.02 });
const input = inputOf(world, { goals: { pick: 3 } });
const report = makeReport(input, { stage: 'complete' });
const tasks = [taskNamed('arc_easy'), taskNamed('piqa')];

const text = (of: Report, full = false) =>
  reportText(of, { style: styleFor({}, {}), columns: 110, full, cell: null });

it('the sentence stands in every report, the scores of all models with --full', () => {
  const scored = withTasks(report, input.plan.header, tasks.slice(0, 1));
  expect(text(scored)).toContain('Downstream  arc_easy · acc of 60 items · lm-eval 0.4.13');
  expect(text(scored)).toContain('The recommended merge is also the best on endings: acc 0.833');
  expect(text(scored)).toContain('9 of 10 models have the same score: ties leave nothing to rank.');
  expect(text(scored)).not.toContain('std. error');
  const full = text(scored, true);
  expect(full).toMatch(/▸ {2}merge of 3 +\d\.\d{3} +0\.833 ± 0\.049/);
  expect(full.match(/0\.333 ± 0\.061/g)).toHaveLength(9);
  expect(full).not.toMatch(/NaN|undefined|null|Infinity/);
});

it('what is not scored yet is said, with what to do', () => {
  expect(text(withTasks(report, input.plan.header, tasks, 0))).toContain(
    'Nothing is scored on the tasks yet: run with --downstream.',
  );
  expect(text(withTasks(report, input.plan.header, tasks, 1))).toContain(
    '10 of 20 scores are still to come: run with --downstream.',
  );
});

it('says nothing without tasks', () => {
  expect(text(report, true)).not.toContain('Downstream');
});

it('scores without the metric that is asked for are refused at its place', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'merge-lab-refused-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'x.mergelab.yaml');
  writeFileSync(file, 'evaluation:\n  downstream:\n    - { task: arc_easy, metric: f1 }\n');
  const err = new PassThrough();
  const io = { ...ioOf(process), err: err as unknown as NodeJS.WriteStream };
  const refused = { ...taskNamed('arc_easy'), metric: 'f1' };
  expect(sayRefused(io, file, withTasks(report, input.plan.header, [refused]))).toBe(true);
  expect(String(err.read())).toMatch(/x\.mergelab\.yaml:3:33: The task `arc_easy` has no metric `f1`/);
  expect(sayRefused(io, file, withTasks(report, input.plan.header, tasks))).toBe(false);
  expect(err.read()).toBeNull();
});
