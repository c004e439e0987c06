/** A job of the agent that a host does by itself while it is looked at: what a session there waits for. */
import { ProblemError } from '../../core/problem.ts';
import type { WorkerStatus } from '../../core/store/format.ts';
import { calls } from '../../core/store/protocol.ts';
import { hasEnded } from '../../core/store/status.ts';
import { checked, launchedSchema } from '../local-target.ts';
import type { HostLink } from './host-link.ts';
import { pause } from './pause.ts';

const LOOK_MS = 500;

export interface JobWatch {
  /** Stops the job at once. */
  readonly signal: AbortSignal;
  readonly onStatus?: (status: WorkerStatus) => void;
}

/** Its last status, where it has said one. Throws the job's own problems, `cancelled`, and what cuts the way for long. */
export async function jobOnHost(
  link: HostLink,
  job: { readonly merge: object } | { readonly downstream: object },
  { signal, onStatus }: JobWatch,
): Promise<WorkerStatus | undefined> {
  const { store } = await link.place();
  const launched = await link.request('launch', { store, ...job }, { signal });
  const { run } = checked('launch', launchedSchema, launched);
  for (;;) {
    await pause(LOOK_MS, signal);
    if (signal.aborted) {
      await link.request('stop', { store, run, now: true }).catch(() => {});
      throw new ProblemError(CANCELLED);
    }
    const asked = await link.request('runs', { store, run }, { signal });
    const [found] = checked('runs', calls.runs.answer, asked).runs;
    const status = found && statusOf(found.workers);
    if (status) onStatus?.(status);
    if (found?.problem) throw new ProblemError(found.problem);
    if (found && hasEnded(found.state)) return status;
  }
}

/** On a cluster that of whoever sees to the jobs, of which one may follow another. */
function statusOf(workers: readonly WorkerStatus[]): WorkerStatus | undefined {
  return workers.find(({ worker }) => worker === 'supervisor') ?? workers[0];
}

const CANCELLED = {
  code: 'cancelled',
  message: 'It was stopped before its end.',
  fix: 'Start it again when you like.',
};
