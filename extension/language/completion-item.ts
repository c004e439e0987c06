import * as vscode from 'vscode';
import type { Completion } from './fit-completion.ts';
import { toRange } from './vscode-ranges.ts';

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
