import * as vscode from 'vscode';
import { hostsFile } from '../../runner/hosts/find-host.ts';
import { userHome } from '../../runner/store-folder.ts';

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
