import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { mergesCsv } from '../../core/report/merges-csv.ts';
import type { AnyReport } from '../../runner/analysis-messages.ts';
import { encodeState } from '../../webview/encoded-state.ts';
import { dashboardHtml } from '../../webview/html.ts';
import { dashboardState } from '../dashboard/dashboard-state.ts';
import type { ExperimentState } from '../experiments/experiment-state.ts';
import { nameOfFile } from '../experiments/name-of-file.ts';
import { reportPart } from '../experiments/work.ts';
import type { Lab } from '../lab.ts';
import { type Target, whichExperiment } from './which-experiment.ts';

/** The report as a file: the dashboard as one page, or every merge as a table. */
export async function exportReport(lab: Lab, target: Target): Promise<void> {
  const uri = await whichExperiment(lab, target);
  const state = uri && lab.library.get(uri);
  if (!uri || !(state?.report ?? state?.ensemble)) {
    void vscode.window.showInformationMessage('Nothing is measured yet: run the experiment first.');
    return;
  }
  const kinds = [
    {
      label: 'HTML',
      description: 'the dashboard as one file that opens in any browser',
      ending: '.report.html',
    },
    // Of an ensemble each chart's numbers are copied from the dashboard.
    ...(state.report
      ? [{ label: 'CSV', description: 'every merge with its losses', ending: '.merges.csv' } as const]
      : []),
    { label: 'PNG', description: 'the curve, saved from the dashboard', ending: '' },
  ] as const;
  const kind = await vscode.window.showQuickPick(kinds, { placeHolder: 'Export the report as' });
  if (!kind) return;
  if (kind.label === 'PNG') {
    lab.dashboards.open(uri, { preserveFocus: false, show: state.ensemble ? 'ensemble' : 'curve' });
    return;
  }
  const name = nameOfFile(uri);
  const file = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(uri, '..', `${name}${kind.ending}`),
    filters: kind.label === 'HTML' ? { 'Web page': ['html'] } : { 'CSV table': ['csv'] },
  });
  if (!file) return;
  const text =
    kind.label === 'CSV' && state.report
      ? mergesCsv(state.report)
      : await page(
          lab,
          encodeState({ ...dashboardState(uri, await complete(lab, uri, state)), host: 'file' }),
          name,
        );
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
  const picked = await vscode.window.showInformationMessage('The report is written.', 'Open');
  if (picked)
    await (kind.label === 'HTML' ? vscode.env.openExternal(file) : vscode.window.showTextDocument(file));
}

/** With its intervals, which a file cannot wait for. */
async function complete(lab: Lab, uri: vscode.Uri, state: ExperimentState): Promise<ExperimentState> {
  const model = lab.library.model(uri);
  if ((state.report ?? state.ensemble)?.stage !== 'points' || !model) return state;
  const title = 'Merge Lab: computing intervals';
  const report: AnyReport = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title },
    async (): Promise<AnyReport> =>
      state.ensemble ? model.completeEnsemble() : model.explore({}, 'complete'),
  );
  return { ...state, ...reportPart(report) };
}

async function page(lab: Lab, state: string, title: string): Promise<string> {
  const read = (name: string): Promise<string> =>
    readFile(vscode.Uri.joinPath(lab.extension.extensionUri, 'dist', 'webview', name).fsPath, 'utf8');
  const [script, style] = await Promise.all([read('dashboard.js'), read('dashboard.css')]);
  return dashboardHtml({
    title,
    script: { text: script },
    styles: [{ text: style }],
    nonce: 'merge-lab',
    source: null,
    experiment: null,
    state,
  });
}
