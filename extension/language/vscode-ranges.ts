/** Core counts lines and columns from 1, the editor from 0; both count UTF-16 units. */
import * as vscode from 'vscode';
import type { Position, Range } from '../../core/experiment/diagnostic.ts';
import type { TextEdit } from './text-edit.ts';

export function toPosition({ line, column }: Position): vscode.Position {
  return new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
}

export function toRange({ start, end }: Range): vscode.Range {
  return new vscode.Range(toPosition(start), toPosition(end));
}

export function fromPosition({ line, character }: vscode.Position): Position {
  return { line: line + 1, column: character + 1 };
}

export function fromRange({ start, end }: vscode.Range): Range {
  return { start: fromPosition(start), end: fromPosition(end) };
}

export function toEdits(edits: readonly TextEdit[]): vscode.TextEdit[] {
  return edits.map(({ range, newText }) => new vscode.TextEdit(toRange(range), newText));
}
