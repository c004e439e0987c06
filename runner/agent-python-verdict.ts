import type { Problem } from '../core/problem.ts';
import { AGENT } from '../core/store/format.ts';
import { PROTOCOL } from './agent-connection.ts';
import type { Stage, StageName, Stages } from './agent-python-stages.ts';
import type { CheckedPython } from './check-agent-python.ts';
import { NAME_PYTHON, SET_UP_AGENT } from './python-advice.ts';
import { lastLine } from './setup/failure.mjs';

export interface EndedPython {
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly timedOut: boolean;
  /** The system's word where it could not be started. */
  readonly cannotStart: string | null;
  readonly output: string;
  readonly timeoutMs: number;
}

const NAMES: Readonly<Record<StageName, string>> = {
  python: 'Python',
  agent: 'the agent',
  torch: 'PyTorch',
  transformers: 'transformers',
};

const SET_UP_OR_NAME = `${SET_UP_AGENT}, or name another Python ${NAME_PYTHON}.`;

/** From what a Python said of itself and how it ended to versions, or to the one thing that is wrong. */
export function judge(python: string, ended: EndedPython, stages: Stages): CheckedPython {
  if (ended.cannotStart !== null) return wrong(cannotStart(python, ended.cannotStart));
  const own = stages.get('python');
  const ending = endedBadly(python, ended, stages);
  if (ending !== null) return wrong(ending);
  if (own?.state !== 'done') return wrong(noPython(python, ended));
  if (isOld(own.version)) return wrong(tooOld(python, own.version));
  const agent = stages.get('agent');
  if (agent?.state !== 'done') return wrong(notLoaded(python, 'agent', agent));
  if (agent.version !== AGENT || agent.protocol !== PROTOCOL)
    return wrong(otherAgent(python, agent.version, agent.protocol));
  const torch = stages.get('torch');
  if (torch?.state !== 'done') return wrong(notLoaded(python, 'torch', torch));
  const transformers = stages.get('transformers');
  if (transformers?.state !== 'done') return wrong(notLoaded(python, 'transformers', transformers));
  return {
    ok: true,
    versions: {
      python: own.version,
      agent: agent.version,
      protocol: agent.protocol,
      torch: torch.version,
      transformers: transformers.version,
    },
  };
}

function wrong(problem: Problem): CheckedPython {
  return { ok: false, problem };
}

/** Silent, killed, or crashed: a Python that ends by itself says what it found first. */
function endedBadly(python: string, ended: EndedPython, stages: Stages): Problem | null {
  const at = [...stages].find(([, { state }]) => state === 'begun')?.[0] ?? 'python';
  if (ended.timedOut) {
    return {
      code: 'python_hung',
      message: `The Python at ${python} did not load ${NAMES[at]} within ${Math.round(ended.timeoutMs / 1000)} s, and was ended.`,
      fix: `Try again when the machine is less busy; if it stays, ${lowerFirst(SET_UP_OR_NAME)}`,
    };
  }
  // 128 + 9: the same, told by a shell that stood between.
  if (ended.killedBy === 'SIGKILL' || ended.code === 137) return outOfMemory(python, at);
  const crash = crashOf(ended);
  if (crash === null) return null;
  return {
    code: at === 'torch' ? 'torch_broken' : 'python_broken',
    message: `The Python at ${python} crashed (${crash}) while it loaded ${NAMES[at]}.`,
    fix: `A build for another processor is the usual reason. ${SET_UP_OR_NAME}`,
  };
}

function crashOf({ code, killedBy }: EndedPython): string | null {
  if (killedBy !== null) return killedBy;
  // Windows tells a crash by a status of this range.
  return code !== null && code >= 0xc0000000 ? `0x${code.toString(16)}` : null;
}

function outOfMemory(python: string, at: StageName): Problem {
  return {
    code: 'out_of_memory',
    message: `The system ended the Python at ${python} while it loaded ${NAMES[at]}, most likely because memory ran out.`,
    fix: 'Close other programs, or allow more memory, then try again.',
  };
}

function cannotStart(python: string, why: string): Problem {
  return {
    code: 'python_missing',
    message: /ENOENT/.test(why)
      ? `There is no Python at ${python}.`
      : `The Python at ${python} cannot be started: ${why}.`,
    fix: SET_UP_OR_NAME,
  };
}

function noPython(python: string, { code, output }: EndedPython): Problem {
  const said = lastLine(output).slice(0, 300);
  return {
    code: 'python_broken',
    message: `${python} does not work as a Python: ${said || `it ended with exit code ${code ?? 'unknown'}`}.`,
    fix: SET_UP_OR_NAME,
  };
}

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < 3 || (major === 3 && minor < 10);
}

function tooOld(python: string, version: string): Problem {
  return {
    code: 'python_too_old',
    message: `The agent needs Python 3.10 or newer; ${python} is ${version}.`,
    fix: SET_UP_OR_NAME,
  };
}

function otherAgent(python: string, version: string, protocol: number | null): Problem {
  return {
    code: 'agent_other_version',
    message:
      version === AGENT
        ? `The agent at ${python} speaks protocol ${protocol ?? 'unknown'}; this version of Model Merge Lab speaks ${PROTOCOL}.`
        : `The Python at ${python} has version ${version} of the agent; this Model Merge Lab works with ${AGENT}.`,
    fix: SET_UP_OR_NAME,
  };
}

function notLoaded(python: string, name: Exclude<StageName, 'python'>, stage: Stage | undefined): Problem {
  if (stage?.state === 'out_of_memory') return outOfMemory(python, name);
  if (stage?.state === 'broken') {
    return {
      code: `${name}_broken`,
      message: `The Python at ${python} cannot load ${NAMES[name]}: ${stage.error}`,
      fix: SET_UP_OR_NAME,
    };
  }
  return {
    code: `${name}_missing`,
    message: `The Python at ${python} does not have ${NAMES[name]}.`,
    fix: SET_UP_OR_NAME,
  };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
