/** Where VS Code enters. A file of its own that holds almost nothing, since the window waits while it is read. */
import { setImmediate } from 'node:timers/promises';
import type * as vscode from 'vscode';

/**
 * In steps, none of which keeps the other extensions waiting for long: the code's text, what reads experiment files
 * (YAML, its validation), the rest of the code, starting. VS Code runs no command before the last has ended.
 */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  await setImmediate();
  const code: typeof import('./code.ts') = require('./code.cjs');
  await setImmediate();
  await code.reading();
  await setImmediate();
  const { start } = await code.starting();
  await setImmediate();
  start(context);
}

/** What is not disposed in time ends with the process; runs go on by themselves. */
export function deactivate(): void {}
