import path from 'node:path';
import * as vscode from 'vscode';
import { problemOf } from '../../core/problem.ts';
import { expandHome } from '../../runner/merge-request.ts';
import { ofAnEnsemble } from '../../runner/session-errors.ts';
import type { MergeName } from '../../webview/messages.ts';
import { counted, loss } from '../../words/numbers.ts';
import { nameList, oneLine } from '../../words/plain.ts';
import { writingText } from '../../words/units.ts';
import { headlineMerge, membersOf } from '../experiments/headline-merge.ts';
import type { Lab } from '../lab.ts';
import { showProblem } from '../show-problem.ts';
import { isActive } from '../status-bar.ts';
import { withProgress } from '../with-progress.ts';
import { type ChosenMerge, chooseMerge } from './choose-merge.ts';
import { type Ready, readyModel } from './ready-model.ts';
import { type Target, whichExperiment } from './which-experiment.ts';

/** Writes a merged model as a folder: the one that is named, else what the file says under `merge`, or the recommended one. */
export async function merge(lab: Lab, target: Target, name?: MergeName): Promise<void> {
  const ready = await readyModel(lab, target, 'Writing a merged model', (again, at) =>
    merge(again, at, name),
  );
  if (ready?.model.state.parsed.ensemble) {
    showProblem(lab, ofAnEnsemble(ready.uri.fsPath).problem);
    return;
  }
  const chosen = ready && (await chooseMerge(ready.model, name));
  if (ready && chosen) await write(lab, ready, chosen);
}

async function write(lab: Lab, ready: Ready, chosen: ChosenMerge): Promise<void> {
  const { uri, model } = ready;
  const { experts, options } = chosen;
  const folderName = [chosen.label, ...experts].filter(Boolean).join('-');
  const weighted = options.weights ? ', weighted' : '';
  const what = `${counted(experts.length, 'expert')}${weighted} (${oneLine(nameList(experts, 4), 160)})`;
  const soFar = chosen.isReported && isActive(model.state) ? ', the best so far of a run that goes on,' : '';
  const asked = `Where is the merge of ${what}${soFar} written?`;
  const out = await askFolder(uri, model.state.valid?.experiment?.merge?.out ?? null, folderName, asked);
  if (!out) return;
  try {
    const title = `Merging ${oneLine(experts.join(', '), 120)}`;
    const written = await withProgress(title, ({ signal, tell }) =>
      model.merge({
        ...options,
        out,
        signal,
        onProgress: (writing) => tell(writingText(writing), writing.done / Math.max(1, writing.total)),
      }),
    );
    // Of a chosen subset this is lower than its cross-fitted loss: the samples chose it.
    const measured = written.loss === null ? '' : `, loss ${loss(written.loss, 4)} on all samples`;
    const picked = await vscode.window.showInformationMessage(
      `${written.already_there ? 'It is there already' : 'Written'}: ${oneLine(written.out, 300)}${measured}.`,
      'Show in Explorer',
      'Copy Path',
    );
    if (picked === 'Copy Path') await vscode.env.clipboard.writeText(written.out);
    if (picked === 'Show in Explorer') await reveal(vscode.Uri.file(written.out));
  } catch (error) {
    showProblem(lab, problemOf(error), { retry: () => write(lab, ready, chosen), experiment: uri });
  }
}

/** mergekit's configuration of the same merge, to the clipboard. */
export async function copyMergekit(lab: Lab, target: Target, name?: MergeName): Promise<void> {
  const uri = await whichExperiment(lab, target);
  const model = uri && lab.library.model(uri);
  const report = model?.state.report;
  const wanted = name ?? (report && headlineMerge(report));
  if (!model || !report || !wanted) {
    void vscode.window.showInformationMessage('No subset is recommended yet: run the experiment first.');
    return;
  }
  const yaml = model.mergekit({ ...wanted, subset: membersOf(report, wanted) });
  if (yaml === null) {
    void vscode.window.showInformationMessage(
      'mergekit has no equivalent of this merge: random masks, trims over a whole model and common rows differ there.',
    );
    return;
  }
  await vscode.env.clipboard.writeText(yaml);
  vscode.window.setStatusBarMessage('mergekit YAML copied', 3000);
}

async function askFolder(
  experiment: vscode.Uri,
  written: string | null,
  name: string,
  title: string,
): Promise<string | undefined> {
  const folder = path.dirname(experiment.fsPath);
  const proposed = written ?? path.join('merged', name.replaceAll(' ', '-').slice(0, 80));
  const typed = await vscode.window.showInputBox({
    title,
    prompt: `A new folder, relative to ${oneLine(folder, 120)} or absolute.`,
    value: proposed,
    validateInput: (value) => (value.trim() === '' ? 'Name a folder.' : undefined),
  });
  return typed === undefined ? undefined : path.resolve(folder, expandHome(typed.trim()));
}

async function reveal(folder: vscode.Uri): Promise<void> {
  const inside = vscode.workspace.getWorkspaceFolder(folder) !== undefined;
  await vscode.commands.executeCommand(inside ? 'revealInExplorer' : 'revealFileInOS', folder);
}
