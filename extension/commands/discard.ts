import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { isActive, readRun, runNames } from '../../runner/run-folders.ts';
import { counted } from '../../words/numbers.ts';
import { oneLine } from '../../words/plain.ts';
import { bytes } from '../../words/units.ts';
import type { Lab } from '../lab.ts';
import { trusted } from './trusted.ts';
import { type Target, whichExperiment } from './which-experiment.ts';

/** Moves the results of an experiment's folder to the trash, after saying what that frees and what it takes. */
export async function discardResults(lab: Lab, target: Target): Promise<void> {
  const uri = await whichExperiment(lab, target);
  const store = uri && lab.library.model(uri)?.store;
  if (!uri || !store || !(await trusted('Discarding results'))) return;
  const folder = path.dirname(uri.fsPath);
  const sharing = lab.library.all().filter((each) => path.dirname(each.uri.fsPath) === folder);
  if (toldOfRun(store)) return;
  const size = await sizeOf(store).catch(() => 0);
  if (!(await confirmed(path.basename(folder), size, sharing.length))) return;
  // While the question stood, one may have begun.
  if (toldOfRun(store)) return;
  await vscode.workspace.fs.delete(vscode.Uri.file(store), { recursive: true, useTrash: true });
  await lab.library.forget(store);
}

function toldOfRun(store: string): boolean {
  const isRunning = runNames(store).some((run) => {
    const found = readRun(store, run);
    return found !== null && found.alive !== false && isActive(found);
  });
  if (isRunning) void vscode.window.showWarningMessage('A run of this folder goes on: stop it first.');
  return isRunning;
}

/** A list, not a dialog: the first button of a dialog is what Enter presses, and it cannot be the one that keeps. */
async function confirmed(folder: string, size: number, sharing: number): Promise<boolean> {
  const keep = { label: '$(check) Keep the results', detail: 'Nothing changes.' };
  const discard = {
    label: '$(trash) Discard the results',
    description: `frees ${bytes(size)}`,
    detail: `Moved to the trash, for all of this folder: ${counted(sharing, 'experiment')} known here. Models and data stay.`,
  };
  const picked = await vscode.window.showQuickPick([keep, discard], {
    title: `Discard the results in ${oneLine(folder, 80)}?`,
    placeHolder: 'Experiments of one folder share their results',
  });
  return picked === discard;
}

/** Bytes of all files in a folder. */
async function sizeOf(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    sum += entry.isDirectory() ? await sizeOf(full) : (await stat(full)).size;
  }
  return sum;
}
