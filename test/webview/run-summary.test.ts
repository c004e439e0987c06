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
      left: '25 s left',
      pace: '8.3 models per second',
      failed: 1,
    });
    expect(summary.workers).toMatchObject([
      {
        name: 'Worker 1',
        state: 'Running',
        memory: '310 MB',
        perMerge: '81 ms',
        current: 'algebra and biology',
      },
    ]);
  });

  it('counts of one source: while it goes on its workers, since the report may be of an older text', () => {
    const older = { ...report, progress: { done: 700, failed: 9, total: 900 } };
    const plan = { total: 600, done: 400, failed: 3, missing: 197, seconds: 10 };
    const inState = (state: 'starting' | 'running' | 'stopped', workers: readonly WorkerStatus[]) =>
      runSummary(dashboardState(older, { plan, run: { state, workers, pace: [] } }));
    expect(inState('running', [worker])).toMatchObject({ done: 212, failed: 1, total: 521 });
    // The plan is of the text that is started.
    expect(inState('starting', [])).toMatchObject({ done: 400, failed: 3, total: 600 });
    expect(inState('stopped', [worker])).toMatchObject({ done: 700, failed: 9, total: 900 });
  });

  it('that ended because its means are known is done, not stopped', () => {
    const precision = { asked: 0.01, reached: 0.009, merges: 80, at_most: 200, samples_alone: null };
    const run = { state: 'stopped', workers: [], pace: [] } as const;
    const of = (stop: 'precise' | null) =>
      runSummary(dashboardState({ ...report, precision: { ...precision, stop } }, { run })).state;
    expect(of('precise')).toBe('Done');
    expect(of(null)).toBe('Stopped');
    const idle = { ...run, state: 'idle' } as const;
    const later = { ...report, precision: { ...precision, stop: 'precise' } as const };
    expect(runSummary(dashboardState(later, { run: idle })).state).toBe('Done');
    expect(runSummary(dashboardState(report, { run: idle })).state).toBe('Not running');
    const all = { ...report, progress: { done: 520, failed: 1, total: 521 } };
    expect(runSummary(dashboardState(all, { run: idle })).state).toBe('Done');
    const bounded = { ...report, precision: { ...precision, stop: null } };
    expect(runSummary(dashboardState(bounded, { run })).counts).toBe('200 of at most 521 models scored');
  });

  it('of what is new while it goes on, and of all that there is when it has ended', () => {
    const later = { ...worker, done: 531, total: 1032, at_start: 521 };
    const inState = (state: 'running' | 'done', pools = 0) =>
      runSummary(
        dashboardState(
          { ...report, progress: { done: 1032, failed: 0, total: 1032 } },
          {
            plan: { total: 1032, pools, done: 531, failed: 0, missing: 501, seconds: 10 },
            run: { state, workers: [later], pace: [] },
          },
        ),
      );
    expect(inState('running', 3).counts).toBe('11 of 511 new done, 521 were there');
    expect(inState('running').counts).toBe('11 of 511 new models done, 521 were there');
    expect(inState('done').counts).toBe('1,032 of 1,032 models scored');
  });

  it('never counts more than all', () => {
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
