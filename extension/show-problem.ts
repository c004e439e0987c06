import * as vscode from 'vscode';
import type { Problem } from '../core/problem.ts';
import { oneLine } from '../words/plain.ts';
import type { Lab } from './lab.ts';
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

/** Tells of a problem once, without waiting for an answer; `retry` adds a button. */
export function showProblem(lab: Lab, problem: Problem, retry?: () => unknown): void {
  if (problem.code === 'cancelled') return;
  lab.log.error(
    `${problem.code}: ${problem.message} ${problem.fix}${problem.file ? ` (${problem.file})` : ''}`,
  );
  const buttons = BUTTONS[problem.code] ?? [LOG];
  // What helps is on the buttons; the words of `fix` are those of the command line.
  const isOnButtons =
    buttons.includes(SET_UP) || buttons.includes(SETTINGS) || problem.code === 'nothing_runs';
  const named =
    buttons.includes(SETTINGS) && namedPython() ? ' It is named in the setting mergeLab.python.' : '';
  const words = isOnButtons ? `${problem.message}${named}` : `${problem.message} ${problem.fix}`;
  const again = retry ? ['Try Again'] : [];
  void vscode.window
    .showErrorMessage(oneLine(words, 700), ...buttons.map(({ title }) => title), ...again)
    .then((picked) => {
      if (picked === 'Try Again') return retry?.();
      const button = buttons.find(({ title }) => title === picked);
      return button && vscode.commands.executeCommand(button.command, ...(button.args ?? []));
    });
}
