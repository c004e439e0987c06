import * as vscode from 'vscode';
import type { Problem } from '../core/problem.ts';
import type { Lab } from './lab.ts';
import { plain } from './words.ts';

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

/** Codes whose `fix` speaks of the command line; here a button says it. */
const FIXED_BY_BUTTON = new Set(['python_missing', 'nothing_runs']);

/** Tells of a problem once, without waiting for an answer; `retry` adds a button. */
export function showProblem(lab: Lab, problem: Problem, retry?: () => unknown): void {
  if (problem.code === 'cancelled') return;
  lab.log.error(
    `${problem.code}: ${problem.message} ${problem.fix}${problem.file ? ` (${problem.file})` : ''}`,
  );
  const words = FIXED_BY_BUTTON.has(problem.code) ? problem.message : `${problem.message} ${problem.fix}`;
  const buttons = BUTTONS[problem.code] ?? [LOG];
  const again = retry ? ['Try Again'] : [];
  void vscode.window
    .showErrorMessage(plain(words, 700), ...buttons.map(({ title }) => title), ...again)
    .then((picked) => {
      if (picked === 'Try Again') return retry?.();
      const button = buttons.find(({ title }) => title === picked);
      return button && vscode.commands.executeCommand(button.command, ...(button.args ?? []));
    });
}
