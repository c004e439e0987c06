/** Completion and quick fixes as the editor wants them: conversions, no decisions. */
import * as vscode from 'vscode';
import { type Completion, completions } from './completion.ts';
import { type EditedDocuments, rootsOf } from './edited-documents.ts';
import { folderLister } from './folder-listing.ts';
import type { QuickFix } from './quick-fix.ts';
import { quickFixes } from './quick-fixes.ts';
import type { Targets } from './targets.ts';
import { fromRange, toEdits, toRange } from './vscode-ranges.ts';

export function completionProvider(targets: Targets): vscode.CompletionItemProvider {
  const list = folderLister();
  return {
    provideCompletionItems: async (document, position) => {
      const found = await completions(document.getText(), document.offsetAt(position), {
        list,
        roots: rootsOf(document),
        targets: await targets.read(),
      });
      return found.map(toItem);
    },
  };
}

const ITEM_KINDS: Readonly<Record<Completion['kind'], vscode.CompletionItemKind>> = {
  key: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.EnumMember,
  method: vscode.CompletionItemKind.Function,
  expert: vscode.CompletionItemKind.Variable,
  domain: vscode.CompletionItemKind.Field,
  folder: vscode.CompletionItemKind.Folder,
  model: vscode.CompletionItemKind.Module,
  file: vscode.CompletionItemKind.File,
};

export function toItem(completion: Completion): vscode.CompletionItem {
  const item = new vscode.CompletionItem(completion.label, ITEM_KINDS[completion.kind]);
  item.insertText = completion.snippet ? new vscode.SnippetString(completion.insert) : completion.insert;
  item.range = toRange(completion.range);
  item.sortText = completion.sort;
  if (completion.filter !== null) item.filterText = completion.filter;
  if (completion.detail !== '') item.detail = completion.detail;
  if (completion.documentation !== '')
    item.documentation = new vscode.MarkdownString(completion.documentation);
  if (completion.again) item.command = { command: 'editor.action.triggerSuggest', title: '' };
  return item;
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
