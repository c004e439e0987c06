/** Which experiment a command is about. */
import * as vscode from 'vscode';
import { oneLine } from '../../words/plain.ts';
import { LANGUAGE } from '../experiments/experiment-library.ts';
import { nameIn } from '../experiments/experiment-state.ts';
import { nameOfFile } from '../experiments/name-of-file.ts';
import type { Lab } from '../lab.ts';

/** What commands get: a URI or its text from CodeLens and hints, an item of the tree, or nothing from the palette. */
export type Target = vscode.Uri | string | { readonly experiment: vscode.Uri } | undefined;

/** Asks only where it cannot know; undefined where the user went away, or there is none. */
export async function whichExperiment(lab: Lab, target: Target): Promise<vscode.Uri | undefined> {
  if (typeof target === 'string') return vscode.Uri.parse(target);
  if (target instanceof vscode.Uri) return target;
  if (target?.experiment) return target.experiment;
  const active = vscode.window.activeTextEditor?.document;
  if (active?.languageId === LANGUAGE) return active.uri;
  const shown = lab.dashboards.activeExperiment;
  if (shown) return shown;
  const known = await experimentsOf(lab);
  if (known.length === 1) return known[0];
  if (known.length === 0) {
    const picked = await vscode.window.showInformationMessage(
      'There is no experiment in this window yet.',
      'New Experiment',
      'Try the Sample',
    );
    if (picked === 'New Experiment') void vscode.commands.executeCommand('mergeLab.newExperiment');
    if (picked === 'Try the Sample') void vscode.commands.executeCommand('mergeLab.openSample');
    return undefined;
  }
  return pickExperiment(lab, known);
}

/** Of the workspace and those that are open. */
export async function experimentsOf(lab: Lab): Promise<readonly vscode.Uri[]> {
  const found = await vscode.workspace.findFiles(
    '**/*.mergelab.{yaml,yml}',
    '**/{node_modules,.venv}/**',
    200,
  );
  const byName = new Map(
    [...lab.library.all().map(({ uri }) => uri), ...found].map((uri) => [uri.toString(), uri]),
  );
  return [...byName.values()].sort((a, b) => a.path.localeCompare(b.path));
}

function nameOf(lab: Lab, uri: vscode.Uri): string {
  const state = lab.library.get(uri);
  return (state && nameIn(state)) ?? nameOfFile(uri);
}

async function pickExperiment(lab: Lab, uris: readonly vscode.Uri[]): Promise<vscode.Uri | undefined> {
  const items = uris.map((uri) => ({
    label: oneLine(nameOf(lab, uri)),
    description: oneLine(vscode.workspace.asRelativePath(uri)),
    uri,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Which experiment?' }))?.uri;
}
