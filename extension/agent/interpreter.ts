/** Which Python runs the agent: what the user names, else what was set up; asked only when something is to run. */
import * as vscode from 'vscode';
import type { Problem } from '../../core/problem.ts';
import { findAgentPython, type PythonVersions } from '../../runner/agent-environment.ts';
import { namedPython } from '../settings.ts';

export type Readiness =
  | { readonly ready: true; readonly python: string; readonly versions: PythonVersions }
  | { readonly ready: false; readonly problem: Problem };

interface PythonExtension {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(path: {
      readonly path: string;
    }): Promise<{ readonly executable: { readonly uri?: vscode.Uri } } | undefined>;
  };
}

export class AgentInterpreter {
  readonly #home: string | undefined;
  /** Pythons that were found to have the agent. */
  readonly #good = new Map<string, PythonVersions>();
  #found: string | null = null;

  constructor(home: string | undefined) {
    this.#home = home;
  }

  /** For sessions: the one that was found, else the one that is named or set up. Starts nothing. */
  get python(): string | undefined {
    return this.#found ?? this.#candidate() ?? undefined;
  }

  /** After a set-up, or another setting. */
  forget(): void {
    this.#good.clear();
    this.#found = null;
  }

  /**
   * Whether a run could start. What the user names is taken or refused, never replaced; else what was set up, else the
   * interpreter that the Python extension has chosen, if it happens to have the agent.
   */
  async check(scope?: vscode.Uri, signal?: AbortSignal): Promise<Readiness> {
    const candidate = this.#candidate();
    if (candidate) return this.#tried(candidate, signal);
    const chosen = await chosenInPythonExtension(scope);
    if (chosen) {
      const tried = await this.#tried(chosen, signal);
      if (tried.ready) return tried;
    }
    return { ready: false, problem: notSetUp };
  }

  #candidate(): string | null {
    return findAgentPython({
      named: namedPython(),
      checkout: null,
      ...(this.#home === undefined ? {} : { home: this.#home }),
    }).python;
  }

  async #tried(python: string, signal?: AbortSignal): Promise<Readiness> {
    const known = this.#good.get(python);
    const { checkAgentPython } = await import('../../runner/installing.ts');
    const checked = known
      ? ({ ok: true, versions: known } as const)
      : await checkAgentPython(python, signal ? { signal } : {});
    if (!checked.ok) return { ready: false, problem: checked.problem };
    this.#good.set(python, checked.versions);
    this.#found = python;
    return { ready: true, python, versions: checked.versions };
  }
}

const notSetUp: Problem = {
  code: 'python_missing',
  message: 'The agent, which merges and scores, is not set up on this machine yet.',
  fix: 'Set it up, or name a Python that has it in the setting mergeLab.python.',
};

async function chosenInPythonExtension(scope?: vscode.Uri): Promise<string | null> {
  const extension = vscode.extensions.getExtension<PythonExtension>('ms-python.python');
  if (!extension) return null;
  try {
    const { environments } = extension.isActive ? extension.exports : await extension.activate();
    if (!environments) return null;
    const resolved = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(scope));
    return resolved?.executable.uri?.fsPath ?? null;
  } catch {
    // Whatever is wrong there, it is no reason not to go on without it.
    return null;
  }
}
