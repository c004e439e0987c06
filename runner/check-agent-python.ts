/** Whether a Python can run the agent, found out by starting it once; and if not, what exactly is wrong with it. */
import type { Problem } from '../core/problem.ts';
import { readStages, STAGES_SCRIPT } from './agent-python-stages.ts';
import { judge } from './agent-python-verdict.ts';
import { SetupFailure } from './setup/failure.mjs';
import { capture } from './setup/process.mjs';
import { pythonStart } from './setup/python-start.mjs';

export interface PythonVersions {
  readonly python: string;
  readonly agent: string;
  readonly protocol: number;
  readonly torch: string;
  readonly transformers: string;
}

export type CheckedPython =
  | { readonly ok: true; readonly versions: PythonVersions }
  | { readonly ok: false; readonly problem: Problem };

/** PyTorch from a cold, slow disk. */
const LIMIT_MS = 120_000;

/**
 * Starts `python` once and lets it load the agent, PyTorch and transformers. A check that was cancelled (`cancelled`)
 * or ran past its time (`python_hung`) is a problem like others, and no process of it remains.
 */
export async function checkAgentPython(
  python: string,
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly timeoutMs?: number;
    readonly env?: NodeJS.ProcessEnv;
  } = {},
): Promise<CheckedPython> {
  const timeoutMs = options.timeoutMs ?? LIMIT_MS;
  try {
    const { program, cwd, env } = pythonStart(python, options.env);
    const ended = await capture(program, ['-c', STAGES_SCRIPT], {
      cwd,
      env: { ...env, PYTHONIOENCODING: 'utf-8' },
      timeoutMs,
      signal: options.signal,
    });
    return judge(python, { ...ended, timeoutMs }, readStages(ended.output));
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error;
    const fix = 'Check again when you like.';
    return { ok: false, problem: { code: error.code, message: 'The check was stopped.', fix } };
  }
}
