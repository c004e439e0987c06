import path from 'node:path';
import * as vscode from 'vscode';
import { problemOf } from '../../core/problem.ts';
import { userHome } from '../../runner/store-folder.ts';
import { oneLine } from '../../words/plain.ts';
import { trusted } from '../commands/trusted.ts';
import type { Lab } from '../lab.ts';
import { namedPython } from '../settings.ts';
import { showProblem } from '../show-problem.ts';
import { withProgress } from '../with-progress.ts';

/** Asks first: nothing is installed, or started, without a yes. */
export async function setUp(lab: Lab): Promise<boolean> {
  if (!(await trusted('Setting up the agent'))) return false;
  const named = namedPython();
  if (named) return useNamed(lab, named);
  const answer = await vscode.window.showInformationMessage(
    'Set up the agent that merges and scores?',
    {
      modal: true,
      detail:
        'An environment of its own is made under your home folder (.merge-lab): Python packages with PyTorch, a few hundred megabytes to download and over a gigabyte on disk, more with an NVIDIA GPU. No interpreter of yours is changed.',
    },
    'Set Up',
    'Choose an Interpreter…',
  );
  if (answer === 'Choose an Interpreter…') {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'mergeLab.python');
    return false;
  }
  return answer === 'Set Up' && install(lab);
}

async function install(lab: Lab, systemPackages = false): Promise<boolean> {
  try {
    const { setUpAgent } = await import('../../runner/installing.ts');
    await withProgress('Setting up the agent', ({ signal, tell }) =>
      setUpAgent({
        home: userHome(),
        systemPackages,
        agentSource: path.join(lab.extension.extensionPath, 'agent'),
        signal,
        onProgress: ({ step, share, detail }) => {
          if (detail) lab.log.trace(detail);
          tell(oneLine(step, 120), share);
        },
      }),
    );
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code === 'venv_missing' && !systemPackages && (await mayAddVenv())) return install(lab, true);
    showProblem(lab, problem, { retry: () => install(lab) });
    return false;
  }
  lab.interpreter.forget();
  await lab.library.refreshAll();
  void vscode.window.setStatusBarMessage('$(check) The agent is set up', 5000);
  return true;
}

/** Debian keeps what makes environments in a package of its own, which root may add. */
async function mayAddVenv(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  const answer = await vscode.window.showWarningMessage(
    'This Python cannot make environments yet: add the system package python3-venv?',
    { modal: true, detail: 'apt-get install python3-venv' },
    'Add It',
  );
  return answer === 'Add It';
}

/** What the user named is never installed into: it is looked at, and told about. */
async function useNamed(lab: Lab, named: string): Promise<boolean> {
  lab.interpreter.forget();
  const readiness = await lab.interpreter.check();
  if (readiness.ready) {
    void vscode.window.showInformationMessage(`The agent is ready: ${oneLine(named, 200)} has it.`);
    return true;
  }
  const picked = await vscode.window.showErrorMessage(
    oneLine(
      `${readiness.problem.message} Nothing is installed into ${named}, which mergeLab.python names.`,
      500,
    ),
    'Use an Environment of Its Own',
    'Open Settings',
  );
  if (picked === 'Open Settings')
    await vscode.commands.executeCommand('workbench.action.openSettings', 'mergeLab.python');
  if (picked !== 'Use an Environment of Its Own') return false;
  await vscode.workspace
    .getConfiguration('mergeLab')
    .update('python', undefined, vscode.ConfigurationTarget.Global);
  return install(lab);
}

/** What the agent's Python is and has, in one message. */
export async function checkEnvironment(lab: Lab): Promise<void> {
  if (!(await trusted('Looking at the environment'))) return;
  lab.interpreter.forget();
  const readiness = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Looking at the agent’s environment' },
    () => lab.interpreter.check(),
  );
  if (!readiness.ready) {
    showProblem(lab, readiness.problem);
    return;
  }
  const { python, versions } = readiness;
  const list = (['python', 'agent', 'torch', 'transformers'] as const).map(
    (name) => `${name} ${versions[name]}`,
  );
  lab.log.info(`The agent's Python: ${python}: ${list.join(', ')}`);
  void vscode.window.showInformationMessage(
    `The agent is ready: ${list.join(', ')} (${oneLine(python, 200)}).`,
  );
}
