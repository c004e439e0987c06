import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { problemOf } from '../../core/problem.ts';
import { copySample, sampleBytes } from '../../runner/sample.ts';
import { bytes } from '../../words/units.ts';
import type { Lab } from '../lab.ts';
import { showProblem } from '../show-problem.ts';
import { withProgress } from '../with-progress.ts';

const NAME = 'merge-lab-sample';

/** Copies the sample to a folder that the user names, and opens it. */
export async function openSample(lab: Lab): Promise<void> {
  const from = vscode.Uri.joinPath(lab.extension.extensionUri, 'examples', 'nine-domains').fsPath;
  const near = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
  const typed = await vscode.window.showInputBox({
    title: 'Try the sample',
    prompt: `A new folder for the sample: nine small experts of one base, with held-out data (${bytes(await sampleBytes(from))}).`,
    value: path.join(near, NAME),
    validateInput: (value) => (path.isAbsolute(value.trim()) ? undefined : 'Name a folder by its full path.'),
  });
  if (typed === undefined) return;
  try {
    const file = await withProgress('Copying the sample', ({ signal }) =>
      copySample(from, typed.trim(), { signal }),
    );
    await show(vscode.Uri.file(file));
  } catch (error) {
    showProblem(lab, problemOf(error), { retry: () => openSample(lab) });
  }
}

/** In this window: a file outside the workspace works as well as one inside. */
async function show(file: vscode.Uri): Promise<void> {
  // Not in the place of the walkthrough that it was opened from.
  await vscode.window.showTextDocument(file, { preview: false });
  const folder = vscode.Uri.joinPath(file, '..');
  if (vscode.workspace.getWorkspaceFolder(file)) return;
  const picked = await vscode.window.showInformationMessage(
    'The sample is ready: press Run above its first line.',
    'Run',
    'Open Folder',
  );
  if (picked === 'Run') await vscode.commands.executeCommand('mergeLab.run', file);
  if (picked === 'Open Folder') await vscode.commands.executeCommand('vscode.openFolder', folder);
}
