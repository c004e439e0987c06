/** What must stand before an experiment can be worked with: a text without errors, trust, and an agent. */
import * as vscode from 'vscode';
import { problemOf } from '../../core/problem.ts';
import { oneLine } from '../../words/plain.ts';
import type { ExperimentModel } from '../experiments/experiment-model.ts';
import { hostReady } from '../hosts/host-ready.ts';
import type { Lab } from '../lab.ts';
import { namedPython } from '../settings.ts';
import { showProblem } from '../show-problem.ts';
import { mayDownload } from './downloads.ts';
import { trusted } from './trusted.ts';
import { type Target, whichExperiment } from './which-experiment.ts';

export interface Ready {
  readonly uri: vscode.Uri;
  readonly model: ExperimentModel;
}

/**
 * The model of a saved, valid experiment, with an agent to run it here or on its host; undefined where the user went
 * away, or was told why not: then `again` is what another try does.
 */
export async function readyModel(
  lab: Lab,
  target: Target,
  what: string,
  again: (lab: Lab, target: Target) => unknown,
): Promise<Ready | undefined> {
  const asked = await whichExperiment(lab, target);
  if (!asked || !(await trusted(what))) return undefined;
  const uri = await saved(asked);
  if (!uri) return undefined;
  let model: ExperimentModel;
  try {
    model = await lab.library.hold(uri, 'run');
  } catch (error) {
    showProblem(lab, problemOf(error));
    return undefined;
  }
  const { experiment, ensemble } = model.state.parsed;
  const question = experiment ?? ensemble;
  if (!question) {
    void showFirstError(uri, model);
    return undefined;
  }
  const retry = () => again(lab, uri);
  const { target: place } = question;
  const isReady =
    place !== 'local'
      ? await hostReady(lab, place, { isMeant: false, retry, experiment: uri })
      : (await mayDownload(question)) && (await agentReady(lab, uri, retry));
  return isReady ? { uri, model } : undefined;
}

/** Sets the agent up where it is missing and the user wants it. */
async function agentReady(lab: Lab, uri: vscode.Uri, retry: () => unknown): Promise<boolean> {
  const check = () =>
    vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: 'Merge Lab: looking for the agent' },
      () => lab.interpreter.check(uri),
    );
  const before = await check();
  if (before.ready) return true;
  // What the user named, and what is broken, is told about; what was never set up is offered.
  if (before.problem.code !== 'python_missing' || namedPython()) {
    showProblem(lab, before.problem, { retry });
    return false;
  }
  await vscode.commands.executeCommand('mergeLab.setUpAgent');
  return (await check()).ready;
}

/** Undefined where somebody did not want to. */
export async function saved(uri: vscode.Uri): Promise<vscode.Uri | undefined> {
  const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
  if (!document || (!document.isDirty && !document.isUntitled)) return uri;
  return vscode.workspace.save(uri);
}

async function showFirstError(uri: vscode.Uri, { state }: ExperimentModel): Promise<void> {
  const first = state.parsed.diagnostics.find(({ severity }) => severity === 'error');
  const picked = await vscode.window.showErrorMessage(
    oneLine(
      `The experiment cannot run: ${first ? `line ${first.line}: ${first.message}` : 'it has errors.'}`,
      600,
    ),
    'Show',
  );
  if (!picked) return;
  const position = new vscode.Position((first?.line ?? 1) - 1, (first?.column ?? 1) - 1);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(position, position) });
}
