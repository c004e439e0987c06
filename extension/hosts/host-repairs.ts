/** What mends a problem of a host: a terminal in which ssh may ask, or the file that describes the host. */
import * as vscode from 'vscode';
import type { Problem } from '../../core/problem.ts';
import { hostsFile } from '../../runner/hosts/find-host.ts';
import { userHome } from '../../runner/store-folder.ts';
import { plain } from '../../words/plain.ts';
import type { Repair } from '../repairs.ts';
import { openTerminal } from './host-terminal.ts';

/** Told by what ssh says when it is asked by hand. */
const BY_HAND =
  /^(host_(key_changed|key_unknown|second_factor|password_wanted|login_refused|too_many_keys|silent|no_shell|connection_lost|failed)|ssh_(config_broken|key_unprotected))$/;
/** Told on the host itself, or mended by describing it otherwise. */
const DESCRIBED =
  /^(host_(python_missing|python_too_old|not_writable|noexec|disk_full|torch_missing|invalid)|venv_missing|pip_failed)$/;

export function hostRepairs({ code }: Problem, host: string): readonly Repair[] {
  if (BY_HAND.test(code)) return [connectByHand(host)];
  return DESCRIBED.test(code) ? [connectByHand(host), openHostsFile()] : [];
}

function connectByHand(host: string): Repair {
  const act = async (): Promise<boolean> => {
    openTerminal(host);
    const picked = await vscode.window.showInformationMessage(
      `Answer what ssh asks in the terminal. Once ${plain(host)} lets you in without a question, try again.`,
      'Try Again',
    );
    return picked === 'Try Again';
  };
  return { title: 'Connect in a Terminal', act };
}

function openHostsFile(): Repair {
  return {
    title: 'Open hosts.yaml',
    act: async () => {
      await showHostsFile();
      return false;
    },
  };
}

/** One that is not there yet is begun, and written when it is saved. */
export async function showHostsFile(): Promise<void> {
  const file = vscode.Uri.file(hostsFile(userHome()));
  const isThere = await vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
  const document = await vscode.workspace.openTextDocument(
    isThere ? file : file.with({ scheme: 'untitled' }),
  );
  const editor = await vscode.window.showTextDocument(document);
  if (!isThere && document.getText() === '')
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), TEMPLATE));
}

const TEMPLATE = `# Machines behind ssh where merges may run, by the names that \`target:\` gives them. Every key may be left out.
# gpu-box: { ssh: user@gpu-box, python: ~/venv/bin/python, directory: ~/.merge-lab, models: ~/models, workers: auto }
`;
