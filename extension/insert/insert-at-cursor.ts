/** The text of a subset at the cursors of an editor, shown first and then written. */
import * as vscode from 'vscode';
import { type Insertion, insertionOf, type SubsetToInsert } from './subset-text.ts';

/** Every cursor gets its own, fitted to its line; one undo takes all of them back. False where the file cannot be changed. */
export async function insertSubset(editor: vscode.TextEditor, subset: SubsetToInsert): Promise<boolean> {
  const { document, selections } = editor;
  return editor.edit(
    (builder) => {
      for (const selection of selections) {
        const { above, body } = insertionAt(document, selection, subset);
        const lineBegin = new vscode.Position(selection.start.line, 0);
        if (above !== '') {
          // At the margin both would go to one place, whose order nobody promises.
          if (selection.start.isEqual(lineBegin)) {
            builder.replace(selection, above + body);
            continue;
          }
          builder.insert(lineBegin, above);
        }
        builder.replace(selection, body);
      }
    },
    { undoStopBefore: true, undoStopAfter: true },
  );
}

export function insertionAt(
  document: vscode.TextDocument,
  { start, end }: vscode.Range,
  subset: SubsetToInsert,
): Insertion {
  return insertionOf(subset, {
    language: document.languageId,
    before: document.lineAt(start.line).text.slice(0, start.character),
    after: document.lineAt(end.line).text.slice(end.character),
    under: document.languageId === 'yaml' ? keyAbove(document, start) : null,
  });
}

/** The nearest line above that is indented less, where it is a key without a value; null where there is none. */
function keyAbove(document: vscode.TextDocument, { line, character }: vscode.Position): string | null {
  for (let above = line - 1; above >= 0; above--) {
    const { text, isEmptyOrWhitespace, firstNonWhitespaceCharacterIndex: indent } = document.lineAt(above);
    if (isEmptyOrWhitespace || indent >= character) continue;
    return /^\s*(?:- )?([\w-]+):\s*(?:#.*)?$/.exec(text)?.[1] ?? null;
  }
  return null;
}

/** What would be inserted, in one line. */
export function previewOf({ body }: Insertion, longest = 120): string {
  const line = body.replace(/\s*\n\s*/g, ' ⏎ ');
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** Shows text behind the cursor that is not there; `dispose` takes it away. */
export class GhostText implements vscode.Disposable {
  readonly #editor: vscode.TextEditor;
  readonly #type = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor('editorGhostText.foreground'), fontStyle: 'italic' },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });

  constructor(editor: vscode.TextEditor) {
    this.#editor = editor;
  }

  show(text: string): void {
    const at = this.#editor.selection.start;
    const contentText = text.replaceAll(' ', '\u00a0');
    this.#editor.setDecorations(this.#type, [
      { range: new vscode.Range(at, at), renderOptions: { after: { contentText } } },
    ]);
  }

  dispose(): void {
    this.#type.dispose();
  }
}
