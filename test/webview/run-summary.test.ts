import { describe, expect, it } from 'vitest';
import type { WorkerStatus } from '../../core/store/format.ts';
import { runSummary } from '../../webview/page/panels/run/run-summary.ts';
import { sampleReport } from './sample.ts';
import { dashboardState, worker } from './synthetic-report.ts';

const report = { ...sampleReport(), progress: { done: 200, failed: 0, total: 521 } };

describe('a run', () => {
  it('tells state, counts, time left and pace', () => {
    const pace = [
      { at: 10_000, done: 100 },
      { at: 20_000, done: 183 },
    ];
    const summary = runSummary(
      dashboardState(report, { run: { state: 'running', workers: [worker], pace } }),
    );
    expect(summary).toMatchObject({
      state: 'Running',
      active: true,
      counts: '212 of 521 models scored',
      left: '24 s left',
      pace: '8.3 models per second',
      failed: 1,
    });
    expect(summary.workers).toMatchObject([
      { state: 'Running', memory: '310 MB', perMerge: '81 ms', current: 'algebra and biology' },
    ]);
  });

  it('never counts back: the newest of worker and report, at most all', () => {
    const behind = { ...worker, done: 150 };
    const summary = runSummary(
      dashboardState(report, { run: { state: 'running', workers: [behind], pace: [] } }),
    );
    expect(summary.done).toBe(200);
    const beyond = { ...worker, done: 999 };
    expect(
      runSummary(dashboardState(report, { run: { state: 'running', workers: [beyond], pace: [] } })).done,
    ).toBe(521);
  });

  it('says nothing where nothing is known', () => {
    const summary = runSummary(dashboardState(null, { run: { state: 'idle', workers: [], pace: [] } }));
    expect(summary).toMatchObject({ counts: '', left: '', pace: '', total: 0, active: false });
  });

  it('says what a queued worker waits for, and a problem with its fix, harmless', () => {
    const queued: WorkerStatus = {
      ...worker,
      state: 'queued',
      waiting_for: 'cuda:0\u202e',
      problem: { code: 'oom', message: 'Out of\u0007 memory.', fix: 'Lower batch_tokens.' },
    };
    const [row] = runSummary(
      dashboardState(report, { run: { state: 'queued', workers: [queued], pace: [] } }),
    ).workers;
    expect(row).toMatchObject({
      state: 'Waiting for cuda:0\ufffd',
      problem: { message: 'Out of\ufffd memory.', fix: 'Lower batch_tokens.' },
    });
  });

  it('without time between two counts there is no pace', () => {
    const pace = [
      { at: 10_000, done: 100 },
      { at: 10_000, done: 183 },
    ];
    expect(runSummary(dashboardState(report, { run: { state: 'running', workers: [], pace } })).pace).toBe(
      '',
    );
  });
});
