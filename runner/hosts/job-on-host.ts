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
  const asked = await link.request('launch', { store, ...job }, { signal });
  const { run } = checked('launch', launchedSchema, asked);
  for (;;) {
    await pause(LOOK_MS, signal);
    if (signal.aborted) {
      await link.request('stop', { store, run, now: true }).catch(() => {});
      throw new ProblemError(CANCELLED);
    }
    const answer = checked('runs', calls.runs.answer, await link.request('runs', { store }, { signal }));
    const found = answer.runs.find((each) => each.run === run);
    const status = found?.workers[0];
    if (status) onStatus?.(status);
    if (found?.problem) throw new ProblemError(found.problem);
    if (found && hasEnded(found.state)) return status;
  }
}

const CANCELLED = {
  code: 'cancelled',
  message: 'It was stopped before its end.',
  fix: 'Start it again when you like.',
};
