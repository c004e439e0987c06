/** Where the set-up puts what the editor tests need. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Settings } from './settings.ts';

export const root = path.join(import.meta.dirname, '..', '..');

/** code-server's entry, a script for Node. Throws where `npm test` or `npm run test:editor` never set it up. */
export function codeServerEntry(): string {
  const entry = path.join(root, '.tools', 'vscode', 'node_modules', 'code-server', 'out', 'node', 'entry.js');
  if (existsSync(entry)) return entry;
  throw new Error('VS Code is not set up in this checkout: run `npm run test:editor` once.');
}

/** The agent's Python: `MERGE_LAB_PYTHON` as the set-up passes it, else the checkout's environment. */
export function agentPython(): string {
  const named = process.env['MERGE_LAB_PYTHON'];
  if (named) return named;
  return process.platform === 'win32'
    ? path.join(root, '.venv', 'Scripts', 'python.exe')
    : path.join(root, '.venv', 'bin', 'python');
}

/** Settings of this machine that name it. */
export function agentSettings(): Settings {
  return { 'mergeLab.python': agentPython() };
}
