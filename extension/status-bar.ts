import * as vscode from 'vscode';
import type { Headline } from '../core/report/report.ts';
import { allSentences } from '../words/ensemble.ts';
import { hostText } from '../words/hosts.ts';
import { oneLine } from '../words/plain.ts';
import { countsOfWorkers, leftText, percentOfNew } from '../words/run-progress.ts';
import { toServe } from '../words/to-serve.ts';
import { LANGUAGE } from './experiments/experiment-library.ts';
import { type ExperimentState, nameIn } from './experiments/experiment-state.ts';
import type { Lab } from './lab.ts';
import { setting } from './settings.ts';

/** Only while a run goes on, or where the active file is an experiment. */
export function registerStatusBar(lab: Lab): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('mergeLab.status', vscode.StatusBarAlignment.Left, 40);
  item.name = 'Merge Lab';
  const update = (): void => {
    const shown = setting('statusBar.enabled', true) ? shownExperiment(lab) : null;
    if (!shown) {
      item.hide();
      return;
    }
    const { text, tooltip } = wordsOf(shown.state);
    item.text = text;
    item.tooltip = tooltip;
    item.accessibilityInformation = { label: `Merge Lab: ${text.replace(/\$\([^)]*\)/g, '').trim()}` };
    item.command = {
      command: 'mergeLab.openDashboard',
      title: 'Open dashboard',
      arguments: [shown.uri.toString()],
    };
    item.show();
  };
  update();
  return vscode.Disposable.from(
    item,
    lab.library.onDidChange(update),
    vscode.window.onDidChangeActiveTextEditor(update),
    vscode.window.tabGroups.onDidChangeTabs(update),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('mergeLab')) update();
    }),
  );
}

/** A run of the active experiment before any other; then any run; then the active experiment. */
function shownExperiment(lab: Lab): { readonly uri: vscode.Uri; readonly state: ExperimentState } | null {
  const active = vscode.window.activeTextEditor?.document;
  const all = lab.library.all();
  const at = active?.languageId === LANGUAGE ? active.uri : lab.dashboards.activeExperiment;
  const own = at && all.find(({ uri }) => uri.toString() === at.toString());
  const running = all.find(({ state }) => isActive(state));
  return (own && isActive(own.state) ? own : running) ?? own ?? null;
}

export function isActive({ run }: ExperimentState): boolean {
  return (
    run.state === 'starting' || run.state === 'queued' || run.state === 'running' || run.state === 'stopping'
  );
}

function wordsOf(state: ExperimentState): { readonly text: string; readonly tooltip: string } {
  const name = oneLine(nameIn(state) ?? 'Experiment', 60);
  const tooltip = `${name}\n${state.problem ? oneLine(state.problem.message, 300) : stateSentence(state)}\nOpens the dashboard.`;
  if (state.busy) return { text: `$(loading~spin) ${state.busy}`, tooltip };
  if (isActive(state)) {
    const icon = state.host?.link === 'apart' ? 'debug-disconnect' : 'loading~spin';
    return { text: `$(${icon}) ${runText(state)}`, tooltip };
  }
  if (state.problem) return { text: '$(warning) Merge Lab', tooltip };
  return { text: `$(beaker) ${answerText(state) ?? 'Merge Lab'}`, tooltip };
}

/** `k = 4`, marked as hints are where it is not of the text as it stands; null where there is no answer. */
export function answerText({
  report,
  ensemble,
  stale,
}: Pick<ExperimentState, 'report' | 'ensemble' | 'stale'>): string | null {
  const mark = stale === null ? '' : '~ ';
  if (ensemble) {
    const answer = toServe(ensemble);
    if (answer.kind === 'nothing') return `${mark}nothing fits`;
    if (answer.kind === 'merge') return `${mark}one merge`;
    return `${mark}${answer.kind === 'alone' ? 'one model' : `pool of ${answer.pool.members.length}`}`;
  }
  const k = report && answeredK(report.headline);
  return k === null ? null : `${mark}k = ${k}`;
}

/** Size of the subset to take; where none is, the recommended k. */
function answeredK({ subset, recommended_k }: Headline): number | null {
  return subset?.length ?? recommended_k?.k ?? null;
}

/** E.g. `37% · 20 s left`, of what is new, and where it is, if not here. */
export function runText(state: Pick<ExperimentState, 'run' | 'report' | 'host'>): string {
  const { host } = state;
  return host ? `${progressText(state)} · ${hostText(host)}` : progressText(state);
}

function progressText({ run, report }: Pick<ExperimentState, 'run' | 'report'>): string {
  const waits = run.workers.find(({ waiting_for }) => waiting_for !== null);
  if (run.state === 'queued') return `waiting for ${oneLine(waits?.waiting_for ?? 'the device', 60)}`;
  if (run.state === 'starting') return 'starting';
  const share = percentOfNew(countsOfWorkers(run.workers));
  if (run.state === 'stopping') return `stopping · ${share}`;
  return [share, leftText(run.workers, Boolean(report?.precision))].filter(Boolean).join(' · ');
}

/** The answer in sentences, of either kind; none before there is one. */
export function answerLines({
  report,
  ensemble,
}: Pick<ExperimentState, 'report' | 'ensemble'>): readonly string[] {
  if (ensemble) return allSentences(ensemble);
  return report?.headline.sentence.split('\n') ?? [];
}

function stateSentence(state: ExperimentState): string {
  if (isActive(state)) return runText(state);
  const [first] = answerLines(state);
  if (first !== undefined) {
    return oneLine(state.stale === null ? first : `${state.stale} ${first}`, 400);
  }
  return 'Nothing is measured yet.';
}
