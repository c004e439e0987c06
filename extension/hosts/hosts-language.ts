/** `hosts.yaml` in the editor: completion, hovers, and what is wrong at its place. */
import * as vscode from 'vscode';
import { parseHosts } from '../../core/hosts/hosts-file.ts';
import { hostsFile } from '../../runner/hosts/find-host.ts';
import { userHome } from '../../runner/store-folder.ts';
import { toItem } from '../language/edit-providers.ts';
import { Targets } from '../language/targets.ts';
import { toPosition } from '../language/vscode-ranges.ts';
import { hostsCompletions, hostsHover } from './hosts-completion.ts';

export function registerHostsLanguage(): vscode.Disposable {
  const { languages, workspace } = vscode;
  const file = hostsFile(userHome());
  const isHosts = ({ uri }: vscode.TextDocument): boolean => uri.fsPath === file;
  const wrong = languages.createDiagnosticCollection('mergelab-hosts');
  const check = (document: vscode.TextDocument): void => {
    if (isHosts(document)) wrong.set(document.uri, problemsOf(document));
  };
  workspace.textDocuments.forEach(check);
  const targets = new Targets();
  const selector = { pattern: new vscode.RelativePattern(vscode.Uri.file(userHome()), 'hosts.yaml') };
  return vscode.Disposable.from(
    wrong,
    workspace.onDidOpenTextDocument(check),
    workspace.onDidChangeTextDocument(({ document }) => check(document)),
    workspace.onDidCloseTextDocument(({ uri }) => wrong.delete(uri)),
    languages.registerHoverProvider(selector, {
      provideHover: (document, position) => {
        const found = hostsHover(document.getText(), document.offsetAt(position));
        if (!found) return null;
        const [begin, end] = found.at.map((offset) => document.positionAt(offset));
        return begin && end && new vscode.Hover(found.about, new vscode.Range(begin, end));
      },
    }),
    languages.registerCompletionItemProvider(
      selector,
      {
        provideCompletionItems: async (document, position) => {
          const known = await targets.read();
          const aliases = known.filter(({ from }) => from === 'ssh').map(({ host }) => host.name);
          return hostsCompletions(document.getText(), document.offsetAt(position), aliases).map(toItem);
        },
      },
      ...[':', ' ', '{', ','],
    ),
  );
}

function problemsOf(document: vscode.TextDocument): vscode.Diagnostic[] {
  return parseHosts(document.getText(), document.uri.fsPath).problems.map(
    ({ code, message, fix, line = 1, column = 1 }) => {
      const at = toPosition({ line, column });
      const range = document.getWordRangeAtPosition(at) ?? new vscode.Range(at, at);
      const diagnostic = new vscode.Diagnostic(range, `${message} ${fix}`);
      diagnostic.source = 'Merge Lab';
      diagnostic.code = code;
      return diagnostic;
    },
  );
}
