import * as vscode from 'vscode';
import type { DashboardState } from '../../webview/messages.ts';
import { oneLine } from '../../words/plain.ts';
import { type ExperimentState, nameIn } from '../experiments/experiment-state.ts';
import { nameOfFile } from '../experiments/name-of-file.ts';

export function titleOf(uri: vscode.Uri): string {
  return oneLine(nameOfFile(uri), 60);
}

/** What a dashboard shows of an experiment. */
export function dashboardState(uri: vscode.Uri, state: ExperimentState): DashboardState {
  const { report, ensemble, stale, run, plan, problem, updated, valid } = state;
  return {
    name: nameIn(state) ?? titleOf(uri),
    file: vscode.workspace.asRelativePath(uri),
    report,
    ensemble: valid?.ensemble ? { report: ensemble } : null,
    stale,
    run,
    plan: plan && {
      total: plan.total,
      pools: plan.pools ?? 0,
      done: plan.done,
      failed: plan.failed,
      missing: plan.missing,
      seconds: plan.estimate.seconds,
    },
    problem,
    updated,
    host: 'editor',
    trusted: vscode.workspace.isTrusted,
  };
}
