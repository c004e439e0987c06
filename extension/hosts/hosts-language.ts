/** `hosts.yaml` in the editor: completion, hovers, and what is wrong at its place. A bundle of its own, loaded for that file. */
import * as vscode from 'vscode';
import type { HostsFile } from '../../core/hosts/hosts-file.ts';
import type { TargetName } from '../../core/hosts/target-name.ts';
import { toItem } from '../language/completion-item.ts';
import { toPosition } from '../language/vscode-ranges.ts';
import { hostsCompletions, hostsHover } from './hosts-completion.ts';

/** What the code that loads this one has already. */
export interface HostsReading {
  readonly file: string;
  readonly parse: (text: string, file: string) => HostsFile;
  readonly names: () => Promise<readonly TargetName[]>;
}

export function registerHostsLanguage({ file, parse, names }: HostsReading): vscode.Disposable {
  const { languages, workspace } = vscode;
  const wrong = languages.createDiagnosticCollection('mergelab-hosts');
  const check = (document: vscode.TextDocument): void => {
    if (document.uri.fsPath === file) wrong.set(document.uri, problemsOf(document, parse));
  };
  workspace.textDocuments.forEach(check);
  const folder = vscode.Uri.joinPath(vscode.Uri.file(file), '..');
  const selector = { pattern: new vscode.RelativePattern(folder, 'hosts.yaml') };
  return vscode.Disposable.from(
    wrong,
    workspace.onDidOpenTextDocument(check),
    workspace.onDidChangeTextDocument(({ document }) => check(document)),
    workspace.onDidCloseTextDocument(({ uri }) => wrong.delete(uri)),
    languages.registerHoverProvider(selector, {
      provideHover: (document, position) => {
        const found = hostsHover(document.getText(), document.offsetAt(position));
        const [begin, end] = (found?.at ?? []).map((offset) => document.positionAt(offset));
        return found && begin && end ? new vscode.Hover(found.about, new vscode.Range(begin, end)) : null;
      },
    }),
    languages.registerCompletionItemProvider(
      selector,
      {
        provideCompletionItems: async (document, position) => {
          const known = await names();
          const aliases = known.filter(({ from }) => from === 'ssh').map(({ host }) => host.name);
          return hostsCompletions(document.getText(), document.offsetAt(position), aliases).map(toItem);
        },
      },
      ...[':', ' ', '{', ','],
    ),
  );
}

function problemsOf(document: vscode.TextDocument, parse: HostsReading['parse']): vscode.Diagnostic[] {
  return parse(document.getText(), document.uri.fsPath).problems.map(
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
