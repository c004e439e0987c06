import * as vscode from 'vscode';
import { type Problem, problemOf } from '../core/problem.ts';
import { oneLine } from '../words/plain.ts';
import { copyModels } from './hosts/copy-models.ts';
import { hostRepairs } from './hosts/host-repairs.ts';
import type { Lab } from './lab.ts';
import { repairsOf } from './repairs.ts';
import { namedPython } from './settings.ts';

interface Button {
  readonly title: string;
  readonly command: string;
  readonly args?: readonly unknown[];
}

const SET_UP: Button = { title: 'Set Up the Agent', command: 'mergeLab.setUpAgent' };
const LOG: Button = { title: 'Show Log', command: 'mergeLab.showLog' };
const SETTINGS: Button = {
  title: 'Open Settings',
  command: 'workbench.action.openSettings',
  args: ['mergeLab.python'],
};

/** What helps against a problem, by the stable part of it. */
const BUTTONS: Readonly<Record<string, readonly Button[]>> = {
  python_missing: [SET_UP, SETTINGS],
  python_too_old: [SET_UP, SETTINGS],
  python_broken: [SET_UP, SETTINGS],
  python_hung: [LOG, SETTINGS],
  agent_missing: [SET_UP, SETTINGS],
  agent_other_version: [SET_UP, SETTINGS],
  agent_too_old: [SET_UP, SETTINGS],
  agent_too_new: [SET_UP, SETTINGS],
  agent_broken: [SET_UP, LOG],
  torch_missing: [SET_UP, SETTINGS],
  torch_broken: [SET_UP, LOG],
  transformers_missing: [SET_UP, SETTINGS],
  transformers_broken: [SET_UP, LOG],
  environment_broken: [SET_UP, LOG],
  agent_error: [LOG, SET_UP],
  agent_timeout: [LOG],
  agent_keeps_dying: [LOG, SET_UP],
  run_died: [LOG],
};

export interface Remedy {
  /** Adds a button that tries once more. */
  readonly retry?: () => unknown;
  /** The experiment that it is about. */
  readonly experiment?: vscode.Uri;
  /** The host that it is about, where that is not what the experiment names. */
  readonly host?: string;
}

/** Tells of a problem once, without waiting for an answer. */
export function showProblem(lab: Lab, problem: Problem, remedy: Remedy = {}): void {
  if (problem.code === 'cancelled') return;
  lab.log.error(
    `${problem.code}: ${problem.message} ${problem.fix}${problem.file ? ` (${problem.file})` : ''}`,
  );
  tell(lab, problem, remedy).catch((error: unknown) => showProblem(lab, problemOf(error)));
}

async function tell(lab: Lab, problem: Problem, remedy: Remedy): Promise<void> {
  const { retry, experiment } = remedy;
  const host = remedy.host ?? hostOf(lab, experiment);
  // Whatever fails while a remedy is looked for, the problem itself is told.
  const ofModels = await repairsOf(lab, problem, experiment).catch(() => []);
  const model = experiment && lab.library.model(experiment);
  const ofHost = host === null ? [] : hostRepairs(problem, host, experiment);
  const repairs = [...(model ? copyModels(problem, model) : []), ...ofHost, ...ofModels];
  // The agent that is set up here is not the one of a host.
  const known = host === null ? BUTTONS[problem.code] : undefined;
  const buttons = known ?? (repairs.length > 0 ? [] : [LOG]);
  const picked = await vscode.window.showErrorMessage(
    oneLine(repairs[0]?.words ?? wordsOf(problem, buttons), 700),
    ...repairs.map(({ title }) => title),
    ...buttons.map(({ title }) => title),
    ...(retry ? ['Try Again'] : []),
  );
  if (picked === undefined) return;
  const repair = repairs.find(({ title }) => title === picked);
  const button = buttons.find(({ title }) => title === picked);
  if (repair ? await repair.act() : picked === 'Try Again') await retry?.();
  if (button) await vscode.commands.executeCommand(button.command, ...(button.args ?? []));
}

/** Null for this machine. */
function hostOf(lab: Lab, experiment: vscode.Uri | undefined): string | null {
  const valid = experiment && lab.library.get(experiment)?.valid;
  const target = (valid?.experiment ?? valid?.ensemble)?.target;
  return target === undefined || target === 'local' ? null : target;
}

/** What helps is on the buttons; the words of `fix` are those of the command line. */
function wordsOf({ code, message, fix }: Problem, buttons: readonly Button[]): string {
  const isOnButtons = buttons.includes(SET_UP) || buttons.includes(SETTINGS) || code === 'nothing_runs';
  if (!isOnButtons) return `${message} ${fix}`;
  return buttons.includes(SETTINGS) && namedPython()
    ? `${message} It is named in the setting mergeLab.python.`
    : message;
}
