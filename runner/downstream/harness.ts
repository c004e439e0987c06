/** EleutherAI's evaluation harness beside the agent: whether it is there, and what is said where it is not. */
import { ProblemError } from '../../core/problem.ts';
import { type FindOptions, findAgentPython } from '../find-agent-python.ts';
import { findPython } from '../python.ts';
import { capture } from '../setup/process.mjs';
import { pythonStart } from '../setup/python-start.mjs';

/** As the agent's extra `downstream` has it; a newer one is asked for by name before it is trusted. */
export const HARNESS = 'lm-eval>=0.4.13,<0.5';
/** With what it needs: unpacked, and as a download. */
export const HARNESS_BYTES = { disk: 650e6, download: 170e6 };

export interface HarnessPlace {
  readonly python: string;
  /** Null where it is not installed. */
  readonly version: string | null;
  /** Whether it may be installed there: what is named is used, and never changed. */
  readonly own: boolean;
  /** Null for this machine. */
  readonly host: string | null;
}

const ASK = "from importlib.metadata import version; print(version('lm-eval'))";

/** Throws `python_missing`. */
export async function findHarness(options: FindOptions = {}, signal?: AbortSignal): Promise<HarnessPlace> {
  const { kind, python: found } = findAgentPython(options);
  const python = found ?? findPython(options.named ?? undefined, options.env);
  const { program, ...place } = pythonStart(python, options.env);
  const asked = await capture(program, ['-c', ASK], { ...place, signal, timeoutMs: 60_000 });
  const version = asked.code === 0 ? asked.output.trim().slice(0, 40) : null;
  return { python, version, own: kind === 'checkout' || kind === 'managed', host: null };
}

/** What somebody is told who does not want it installed, or whose Python is their own. */
export function harnessMissing({ python, host }: HarnessPlace): ProblemError {
  const there = host === null ? '' : ` on ${host}`;
  return new ProblemError({
    code: 'harness_missing',
    message: `Downstream tasks need EleutherAI's lm-evaluation-harness, which is not installed${there}.`,
    fix: `Install it beside the agent${there}: ${python} -m pip install "${HARNESS}".`,
  });
}
