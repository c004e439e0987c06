/** Makes the managed environment: a Python environment of our own with PyTorch and the agent. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { ProblemError } from '../core/problem.ts';
import { copySource, sourceInputs } from './agent-source.ts';
import { checkAgentPython } from './check-agent-python.ts';
import { lockFile, logFile, managedFolder, managedPython, stampFile } from './managed-environment.ts';
import { removeFolder, sweepRemoved } from './remove-agent-environment.ts';
import { managedWords, setUpProblem } from './set-up-problem.ts';
import { SetUpBar, type SetUpProgress } from './set-up-progress.ts';
import { installAgent } from './setup/agent.mjs';
import { isWhole } from './setup/environment.mjs';
import { cancelled } from './setup/failure.mjs';
import { lock } from './setup/lock.mjs';
import { findBasePython, type Named, type SetupOptions } from './setup/python.mjs';
import { requireSpace } from './setup/space.mjs';
import { Stamps } from './setup/stamps.mjs';
import { torch } from './setup/torch.mjs';

export type { SetUpProgress } from './set-up-progress.ts';

export interface SetUpOptions {
  /** The user's home of this product, `userHome()`. */
  readonly home: string;
  /** Folder with `pyproject.toml` and `merge_lab_agent`; it is only read. */
  readonly agentSource: string;
  /** Makes the environment and is not changed itself. Left out: `MERGE_LAB_PYTHON`, else the system's. */
  readonly python?: string;
  readonly onProgress?: (progress: SetUpProgress) => void;
  readonly signal?: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
  /** Whether Debian's `python3-venv` may be added where it is missing and this is root. Ask first: it changes the system. */
  readonly systemPackages?: boolean;
}

const SPACE_BYTES = 2e9;

/**
 * Makes the environment, or finds that it is there and works. One at a time on this machine: a second call waits for
 * the first. Throws a ProblemError whose code says what kept it: `cancelled` (no process remains), `disk_full`,
 * `network_unreachable`, `certificate_untrusted`, `build_missing`, `wheel_unsupported`, `download_damaged`,
 * `not_writable`, `python_missing`, `python_too_old`, `venv_missing`, `environment_broken`, `environment_in_use`,
 * `agent_source_missing`, `set_up_failed`. What it left half made is never used.
 */
export async function setUpAgent(options: SetUpOptions): Promise<{ readonly python: string }> {
  const folder = managedFolder(options.home);
  const bar = new SetUpBar(options.onProgress ?? (() => {}));
  makeParent(folder);
  try {
    const unlock = await lock(lockFile(folder), {
      signal: options.signal,
      onWait: () => bar.waiting('Waiting for another window that sets up the agent'),
    });
    try {
      return { python: await makeOrFind(options, folder, bar) };
    } finally {
      unlock();
    }
  } catch (error) {
    throw setUpProblem(error, folder);
  }
}

/** Here every failure is one of rights, or of a full disk; systems name the first in many ways. */
function makeParent(folder: string): void {
  const parent = path.dirname(folder);
  try {
    mkdirSync(parent, { recursive: true });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw setUpProblem(cause, folder);
    throw new ProblemError(
      {
        code: 'not_writable',
        message: `The folder ${parent} cannot be made: ${message}.`,
        fix: managedWords(folder).write,
      },
      { cause },
    );
  }
}

async function makeOrFind(options: SetUpOptions, folder: string, bar: SetUpBar): Promise<string> {
  const setup = setupOptions(options, folder, bar);
  const named = namedBase(options, setup.env);
  const inputs = [...(await sourceInputs(options.agentSource)), setup.env['MERGE_LAB_TORCH'] ?? torch];
  const base = options.python === undefined ? null : await findBasePython(setup, named);
  const stamps = new Stamps(stampFile(folder));
  const there = managedPython(options.home);
  const otherBase = base !== null && !stamps.matches('base', [base]);
  if (there !== null && stamps.matches('agent', inputs) && !otherBase) {
    bar.phase({ name: 'proof', words: 'Starting the agent once', done: 0 });
    if ((await checkAgentPython(there, { signal: options.signal, env: setup.env })).ok) return there;
    if (options.signal?.aborted) throw cancelled();
    await removeFolder(folder);
  } else if (otherBase) await removeFolder(folder);
  return make(options, { folder, setup, named, inputs, base });
}

interface Making {
  readonly folder: string;
  readonly setup: SetupOptions;
  readonly named: Named | null;
  readonly inputs: readonly string[];
  readonly base: string | null;
}

async function make(options: SetUpOptions, { folder, setup, named, inputs, base }: Making): Promise<string> {
  const source = `${folder}.source`;
  try {
    await sweepRemoved(options.home);
    requireSpace(folder, isWhole(folder) ? SPACE_BYTES / 4 : SPACE_BYTES, setup.words);
    writeFileSync(setup.log, `== ${new Date().toISOString()}\n`);
    // From here until the end nobody takes it for a finished one.
    await rm(stampFile(folder), { force: true });
    await copySource(options.agentSource, source);
    const python = await installAgent(setup, { folder, named, requirements: [source] });
    const stamps = new Stamps(stampFile(folder));
    if (base !== null) stamps.set('base', [base]);
    stamps.set('agent', inputs);
    return python;
  } catch (error) {
    // A gigabyte of what nobody may use is worth nothing; pip keeps its downloads elsewhere.
    if (existsSync(folder) && !isWhole(folder)) await removeFolder(folder).catch(() => {});
    throw error;
  } finally {
    await rm(source, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  }
}

function setupOptions(options: SetUpOptions, folder: string, bar: SetUpBar): SetupOptions {
  return {
    env: options.env ?? process.env,
    log: logFile(folder),
    words: managedWords(folder),
    systemPackages: options.systemPackages ?? false,
    signal: options.signal,
    onLine: (line) => bar.detail(line),
    say: (text) => bar.detail(text),
    onPhase: (phase) => bar.phase(phase),
  };
}

function namedBase(options: SetUpOptions, env: NodeJS.ProcessEnv): Named | null {
  if (options.python !== undefined) return { path: options.python, by: 'choice' };
  const named = env['MERGE_LAB_PYTHON'];
  return named ? { path: named, by: 'MERGE_LAB_PYTHON' } : null;
}
