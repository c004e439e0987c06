import type { Host } from '../../core/hosts/host.ts';
import { type Problem, ProblemError } from '../../core/problem.ts';

const FULL: ReadonlySet<string> = new Set(['disk_full', 'disk_too_small']);
const OF_MACHINE: ReadonlySet<string> = new Set(['model_missing', 'memory_too_small', 'device_missing']);

/** What a host's agent says of its machine, with the name of the host: the same words are said of this one. */
export function ofHost<P extends Problem & { readonly model?: string }>(problem: P, { name }: Host): P {
  const message = problem.message.startsWith('There is')
    ? `On ${name} t${problem.message.slice(1)}`
    : `On ${name}: ${problem.message}`;
  // The disk of a model is the hub's cache.
  if (FULL.has(problem.code) && problem.model === undefined) {
    const fix = 'Free some space there, or name another `directory:` in hosts.yaml.';
    return { ...problem, code: 'host_disk_full', message, fix };
  }
  return OF_MACHINE.has(problem.code) ? { ...problem, message } : problem;
}

/** What a call to the agent threw, as it is told: a full disk is the host's. */
export function fullThere(error: unknown, host: Host): unknown {
  const isFull = error instanceof ProblemError && error.problem.code === 'disk_full';
  return isFull ? new ProblemError(ofHost(error.problem, host), { cause: error }) : error;
}
