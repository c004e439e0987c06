/** A window that attends a sweep until its means are known. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { parseExperiment } from '../../../core/experiment/parse.ts';
import { ExperimentModel, type RunEnd } from '../../../extension/experiments/experiment-model.ts';
import { AnalysisPool } from '../../../runner/analysis-pool.ts';
import { agentPython } from '../../editor/installed.ts';
import { copySample } from '../../editor/sample.ts';

vi.setConfig({ testTimeout: 300_000 });

const folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-attended-'));
const models: ExperimentModel[] = [];
let copies = 0;

afterEach(async () => {
  await Promise.all(models.splice(0).map((model) => model.dispose()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

interface Attended {
  readonly model: ExperimentModel;
  readonly ends: RunEnd[];
  /** Puts other subsets into the text, as if they were typed. */
  type(subsets: string): void;
}

function attend(subsets: string): Attended {
  copies += 1;
  const { file } = copySample(path.join(folder, `${copies}`));
  const original = readFileSync(file, 'utf8');
  const textOf = (written: string) => original.replace(/^ {2}subsets: .*$/m, `  subsets: ${written}`);
  const parsed = (written: string) => parseExperiment(textOf(written), { file });
  writeFileSync(file, textOf(subsets));
  const ends: RunEnd[] = [];
  const model = new ExperimentModel(file, parsed(subsets), {
    session: () => ({ python: agentPython(), home: path.join(folder, 'home') }),
    analyses: new AnalysisPool(),
    now: () => Date.now(),
    changed: () => {},
    ended: (end) => ends.push(end),
  });
  models.push(model);
  return { model, ends, type: (written) => model.use(parsed(written), 0) };
}

describe('a sweep until its means are known, attended by a window', () => {
  it('is ended by it, is done, and is not begun again', async () => {
    const { model, ends } = attend('{ precision: 0.01, at_most: 200 }');
    await model.plan();
    expect(await model.run()).toBe('started');
    await vi.waitFor(() => expect(ends).toHaveLength(1), { timeout: 120_000, interval: 100 });
    expect(ends).toMatchObject([{ kind: 'ended', status: { state: 'stopped', problem: null } }]);
    await vi.waitFor(() => expect(model.state.report?.stage).toBe('complete'), { timeout: 30_000 });
    const { report, plan, problem } = model.state;
    expect(problem).toBeNull();
    expect(report?.precision).toMatchObject({ stop: 'precise', at_most: 200 });
    expect(report?.headline.state).toBe('complete');
    expect(plan).toMatchObject({ total: 210, missing: 0 });
    expect(plan?.done).toBeLessThan(150);
    expect(await model.plan()).toMatchObject({ missing: 0 });
    expect(await model.run()).toBe('nothing_to_do');
  });

  it('is not ended by what is typed meanwhile', async () => {
    const { model, ends, type } = attend('{ precision: 0.000001, at_most: 75 }');
    await model.plan();
    await model.run();
    type('{ precision: 0.5, at_most: 75 }');
    await vi.waitFor(() => expect(ends).toHaveLength(1), { timeout: 120_000, interval: 100 });
    expect(ends).toMatchObject([{ kind: 'ended', status: { state: 'done', done: 85 } }]);
    await vi.waitFor(
      () => expect(model.state.report?.precision).toMatchObject({ asked: 0.5, stop: 'precise' }),
      {
        timeout: 30_000,
      },
    );
  });
});
