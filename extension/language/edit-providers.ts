/** Completion and quick fixes as the editor wants them: conversions, no decisions. */
import * as vscode from 'vscode';
import { type HostModels, WAIT_MS } from '../../runner/hosts/host-models.ts';
import { completions } from './completion.ts';
import { toItem } from './completion-item.ts';
import { type EditedDocuments, rootsOf } from './edited-documents.ts';
import { folderLister } from './folder-listing.ts';
import type { QuickFix } from './quick-fix.ts';
import { quickFixes } from './quick-fixes.ts';
import type { Targets } from './targets.ts';
import { fromRange, toEdits, toRange } from './vscode-ranges.ts';

export function completionProvider(targets: Targets, hosts: HostModels): vscode.CompletionItemProvider {
  const list = folderLister();
  return {
    provideCompletionItems: async (document, position, token) => {
      const cancelled = new AbortController();
      token.onCancellationRequested(() => cancelled.abort());
      // For all folders of the host together.
      const signal = AbortSignal.any([cancelled.signal, AbortSignal.timeout(WAIT_MS)]);
      const found = await completions(document.getText(), document.offsetAt(position), {
        list,
        roots: rootsOf(document),
        targets: await targets.read(),
        ...(vscode.workspace.isTrusted
          ? { modelsBelow: (host, folder) => hosts.below(host, folder, signal) }
          : {}),
      });
      return found.map(toItem);
    },
  };
}

export function fixProvider(documents: EditedDocuments, targets: Targets): vscode.CodeActionProvider {
  return {
    provideCodeActions: (document, range, { diagnostics }) =>
      quickFixes(documents.of(document), fromRange(range), targets.known).map((fix) =>
        toAction(fix, document.uri, diagnostics),
      ),
  };
}

function toAction(
  fix: QuickFix,
  uri: vscode.Uri,
  diagnostics: readonly vscode.Diagnostic[],
): vscode.CodeAction {
  const answered = diagnostics.filter(({ code, range }) => {
    const own = fix.diagnostic;
    if (own) return code === own.code && range.isEqual(toRange(own.range));
    return typeof code === 'string' && fix.codes.includes(code);
  });
  const isMending = fix.kind === 'mend' || answered.length > 0;
  const { QuickFix: Mend, RefactorRewrite } = vscode.CodeActionKind;
  const action = new vscode.CodeAction(fix.title, isMending ? Mend : RefactorRewrite);
  action.edit = new vscode.WorkspaceEdit();
  action.edit.set(uri, toEdits(fix.edits));
  action.diagnostics = answered;
  action.isPreferred = fix.kind === 'mend';
  return action;
}
