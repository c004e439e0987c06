import * as vscode from 'vscode';
import type { ExperimentStates } from '../experiments/experiment-states.ts';
import type { EditorSettings } from './editor-settings.ts';

/**
 * What a surface shows of each document. Fires when that has changed, not whenever something behind it has: each time
 * it fires, the editor draws anew.
 */
export class Shown<T> implements vscode.Disposable {
  readonly #look: (document: vscode.TextDocument) => T;
  readonly #emitter = new vscode.EventEmitter<void>();
  readonly #last = new Map<string, string>();
  readonly #subscriptions: readonly vscode.Disposable[];
  readonly onDidChange = this.#emitter.event;

  /** @param look as data: what is the same as JSON looks the same */
  constructor(
    { states, settings }: { readonly states: ExperimentStates; readonly settings: EditorSettings },
    look: (document: vscode.TextDocument) => T,
  ) {
    this.#look = look;
    const { workspace } = vscode;
    const fire = () => this.#emitter.fire();
    this.#subscriptions = [
      this.#emitter,
      settings.onDidChange(fire),
      workspace.onDidGrantWorkspaceTrust(fire),
      workspace.onDidCloseTextDocument(({ uri }) => this.#last.delete(uri.toString())),
      states.onDidChange((uri) => this.#compare(uri.toString())),
    ];
  }

  /** As it is now, for the editor to draw. */
  of(document: vscode.TextDocument): T {
    const now = this.#look(document);
    this.#last.set(document.uri.toString(), JSON.stringify(now));
    return now;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** A document that was never drawn has nothing to be drawn anew. */
  #compare(name: string): void {
    const last = this.#last.get(name);
    if (last === undefined) return;
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === name);
    if (document && JSON.stringify(this.#look(document)) !== last) this.#emitter.fire();
  }
}
