import * as vscode from 'vscode';
import { isWorkers, type Workers } from '../core/hosts/host.ts';

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

/** How many processes share a run; undefined, for what is said of the place, where the setting is not usable. */
export function askedWorkers(): Workers | undefined {
  const value: unknown = vscode.workspace.getConfiguration('mergeLab').get('workers');
  return isWorkers(value) && value !== 'auto' ? value : undefined;
}

/** Null where none is set. */
export function namedPython(): string | null {
  return setting<string>('python', '').trim() || null;
}
