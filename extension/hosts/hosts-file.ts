import * as vscode from 'vscode';
import { parseHosts } from '../../core/hosts/hosts-file.ts';
import { hostsFile } from '../../runner/hosts/find-host.ts';
import { targetNames } from '../../runner/hosts/target-names.ts';
import { userHome } from '../../runner/store-folder.ts';

/** Completion, hovers and problems for it, loaded when it is open for the first time. */
export function hostsLanguage(): vscode.Disposable {
  const file = hostsFile(userHome());
  const parts: vscode.Disposable[] = [];
  const load = ({ uri }: vscode.TextDocument): void => {
    if (parts.length > 1 || uri.fsPath !== file) return;
    const { registerHostsLanguage }: typeof import('./hosts-language.ts') = require('./hosts-language.cjs');
    parts.push(registerHostsLanguage({ file, parse: parseHosts, names: () => targetNames() }));
  };
  parts.push(vscode.workspace.onDidOpenTextDocument(load));
  vscode.workspace.textDocuments.forEach(load);
  return new vscode.Disposable(() => {
    for (const part of parts) part.dispose();
  });
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
