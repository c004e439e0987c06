import * as vscode from 'vscode';
import { setting } from '../settings.ts';

/** Each can be switched off by itself: `mergeLab.editor.<feature>`. */
export type EditorFeature =
  | 'codeLens'
  | 'headline'
  | 'methodHints'
  | 'expertHints'
  | 'goalHints'
  | 'hovers'
  | 'statisticalWarnings';

export interface EditorSettings {
  enabled(feature: EditorFeature, scope: vscode.Uri): boolean;
  readonly onDidChange: vscode.Event<void>;
}

/** Read when asked; call `dispose` when done. */
export function editorSettings(): EditorSettings & vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const subscription = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration('mergeLab.editor')) changed.fire();
  });
  return {
    enabled: (feature, scope) => setting(`editor.${feature}`, true, scope),
    onDidChange: changed.event,
    dispose: () => {
      subscription.dispose();
      changed.dispose();
    },
  };
}
