import * as vscode from 'vscode';
import { problemOf } from '../../core/problem.ts';
import { pickTarget } from '../hosts/pick-target.ts';
import type { Lab } from '../lab.ts';
import { targetEdit } from '../language/target-edit.ts';
import { toRange } from '../language/vscode-ranges.ts';
import { showProblem } from '../show-problem.ts';
import { saved } from './ready-model.ts';
import { run } from './run.ts';
import { trusted } from './trusted.ts';
import { type Target, whichExperiment } from './which-experiment.ts';

/** Asks where, and runs it there: written into the file, which can be undone, or in this window without that. */
export async function runOn(lab: Lab, target: Target): Promise<void> {
  const uri = await whichExperiment(lab, target);
  if (!uri || !(await trusted('Running merges'))) return;
  const document = await vscode.workspace.openTextDocument(uri);
  const { experiment, ensemble } = lab.library.parsedOf(document);
  const current = (experiment ?? ensemble)?.target ?? null;
  const title = 'Where is it to run?';
  const picked = await pickTarget({ title, current, withLocal: true, aside: 'Without Changing the File' });
  if (picked === undefined) return;
  const { target: place, isAside } = picked;
  try {
    const isWritten = isAside || place === current || (await written(document, place));
    if (!isWritten) {
      void vscode.window.showErrorMessage(`Write "target: ${place}" into the file, then run it.`);
      return;
    }
    const file = await saved(uri);
    if (!file) return;
    (await lab.library.hold(file, 'run')).on(isAside && place !== current ? place : null);
    await run(lab, file);
  } catch (error) {
    showProblem(lab, problemOf(error), { retry: () => runOn(lab, uri), experiment: uri });
  }
}

async function written(document: vscode.TextDocument, name: string): Promise<boolean> {
  const change = targetEdit(document.getText(), name);
  if (!change) return false;
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, toRange(change.range), change.newText);
  return vscode.workspace.applyEdit(edit);
}
