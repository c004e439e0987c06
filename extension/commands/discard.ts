import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { isActive, readRun, runNames } from '../../runner/run-folders.ts';
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
  const isRunning = runNames(store).some((run) => {
    const found = readRun(store, run);
    return found !== null && found.alive !== false && isActive(found);
  });
  if (isRunning) {
    void vscode.window.showWarningMessage('A run of this folder goes on: stop it first.');
    return;
  }
  const size = await sizeOf(store).catch(() => 0);
  const answer = await vscode.window.showWarningMessage(
    `Discard the results in ${oneLine(path.basename(folder), 80)}?`,
    {
      modal: true,
      detail: `Frees ${bytes(size)}. The experiments of this folder share their results, so all of them lose theirs: ${sharing.length} known here. Models and data are not touched.`,
    },
    'Discard',
  );
  if (answer !== 'Discard') return;
  await vscode.workspace.fs.delete(vscode.Uri.file(store), { recursive: true, useTrash: true });
  await lab.library.forget(store);
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
