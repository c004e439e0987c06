import * as vscode from 'vscode';

/** The user's settings, read when asked: none is kept. */
export function setting<T extends boolean | string>(name: SettingName, fallback: T, scope?: vscode.Uri): T {
  return vscode.workspace.getConfiguration('mergeLab', scope ?? null).get<T>(name, fallback);
}

export type SettingName =
  | 'python'
  | 'dashboard.openOnRun'
  | 'notifications.runEnded'
  | 'statusBar.enabled'
  | `editor.${string}`;

/** Null where none is set. */
export function namedPython(): string | null {
  return setting<string>('python', '').trim() || null;
}
