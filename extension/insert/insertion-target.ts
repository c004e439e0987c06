import * as vscode from 'vscode';

/** The editor that text goes to: also while a page such as the dashboard has the focus. */
export class InsertionTarget implements vscode.Disposable {
  #last: vscode.TextEditor | null = vscode.window.activeTextEditor ?? null;
  readonly #subscription = vscode.window.onDidChangeActiveTextEditor((editor) => {
    if (editor) this.#last = editor;
  });

  /**
   * The active one, else the last one that is still to be seen; null where there is none.
   *
   * @param notOf an experiment whose own file is not meant: its dashboard stands beside it
   */
  editor(notOf?: vscode.Uri): vscode.TextEditor | null {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    const isMeant = (editor: vscode.TextEditor | null | undefined): editor is vscode.TextEditor =>
      editor != null && editor.document.uri.toString() !== notOf?.toString() && isWritable(editor.document);
    if (isMeant(activeTextEditor)) return activeTextEditor;
    const last = visibleTextEditors.find(({ document }) => document === this.#last?.document);
    return [last, ...visibleTextEditors].find(isMeant) ?? null;
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

/** Logs and the like are editors too. */
function isWritable({ uri: { scheme } }: vscode.TextDocument): boolean {
  return scheme !== 'output' && scheme !== 'git' && scheme !== 'debug';
}
