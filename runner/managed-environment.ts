/**
 * The agent's own Python environment, shared by all windows and the command line. Versions of the agent have one each,
 * so that two of them may be at work.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { AGENT } from '../core/store/format.ts';
import { isWhole } from './setup/environment.mjs';
import { pythonIn } from './setup/python.mjs';

/** Absolute: `<home>/environments/agent-<version>`. */
export function managedFolder(home: string): string {
  return path.join(path.resolve(home), 'environments', `agent-${AGENT}`);
}

/** Its Python once a set-up came to its end and nothing was cut since; null before. Starts no process. */
export function managedPython(home: string): string | null {
  const folder = managedFolder(home);
  return existsSync(stampFile(folder)) && isWhole(folder) ? pythonIn(folder) : null;
}

/** Says what the environment was made from; written last of all. */
export function stampFile(folder: string): string {
  return path.join(folder, 'merge-lab.json');
}

/** Beside the environment, so that it outlives one that is removed. */
export function logFile(folder: string): string {
  return `${folder}.log`;
}

export function lockFile(folder: string): string {
  return `${folder}.lock`;
}
