/** A job of the agent that a host does by itself while it is looked at: what a session there waits for. */
import { ProblemError } from '../../core/problem.ts';
import type { WorkerStatus } from '../../core/store/format.ts';
import { calls } from '../../core/store/protocol.ts';
import { hasEnded } from '../../core/store/status.ts';
import { checked, launchedSchema } from '../local-target.ts';
import type { HostLink } from './host-link.ts';
import { pause } from './pause.ts';
import { ofHost } from './problem-of-host.ts';

const LOOK_MS = 500;
/** For a job that is cancelled to be stopped on the host. */
const LAST_WORDS_MS = 10_000;

export interface JobWatch {
  /** Stops the job at once. */
  readonly signal: AbortSignal;
  readonly onStatus?: (status: WorkerStatus) => void;
}

/** Its last status, where it has said one. Throws the job's own problems, `cancelled`, and what cuts the way for long. */
export async function jobOnHost(
  link: HostLink,
  job: { readonly merge: object } | { readonly downstream: object },
  watch: JobWatch,
): Promise<WorkerStatus | undefined> {
  const { signal } = watch;
  const { store } = await link.place();
  if (signal.aborted) throw new ProblemError(CANCELLED);
  // Only once its name is known can it be stopped.
  const last = { signal: soonAfter(signal, LAST_WORDS_MS), regardless: true };
  const { run } = checked('launch', launchedSchema, await link.request('launch', { store, ...job }, last));
  try {
    return await untilEnded(link, { store, run }, watch);
  } catch (error) {
    if (!signal.aborted) throw error;
    await link.request('stop', { store, run, now: true }, last).catch(() => {});
    throw new ProblemError(CANCELLED);
  }
}

async function untilEnded(
  link: HostLink,
  asked: { readonly store: string; readonly run: string },
  { signal, onStatus }: JobWatch,
): Promise<WorkerStatus | undefined> {
  for (;;) {
    await pause(LOOK_MS, signal);
    const [found] = checked('runs', calls.runs.answer, await link.request('runs', asked, { signal })).runs;
    const status = found && statusOf(found.workers);
    if (status) onStatus?.(status);
    if (found?.problem) throw new ProblemError(ofHost(found.problem, link.host));
    if (found && hasEnded(found.state)) return status;
  }
}

/** Aborts a while after the other one does. */
function soonAfter(signal: AbortSignal, ms: number): AbortSignal {
  const late = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => late.abort(), ms).unref(), { once: true });
  return late.signal;
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
