import type { WorkerStatus } from '../../core/store/format.ts';
import type { EnsembleSession } from '../../runner/ensemble/ensemble-session.ts';
import type { Io } from '../terminal/io.ts';
import { progressView } from '../terminal/progress.ts';

export interface FollowOptions {
  readonly run: string;
  /** Ctrl-C leaves the run alone instead of stopping it. */
  readonly leave: boolean;
}

/** The last status of the run; null when Ctrl-C left it. */
export async function followEnsemble(
  io: Io,
  session: EnsembleSession,
  { run, leave }: FollowOptions,
): Promise<WorkerStatus | null> {
  using view = progressView(io);
  const total = session.ensemble.models.size;
  using following = session.follow(run, (status) => {
    const newest = (field: 'done' | 'failed'): number =>
      Math.max(0, ...status.map((worker) => worker[field]));
    view.update({ status, progress: { done: newest('done'), failed: newest('failed'), total } });
  });
  if (io.err.isTTY)
    view.note(leave ? 'Ctrl-C leaves; the run goes on.' : 'Ctrl-C stops after the current model.');
  let interrupts = 0;
  let left: () => void = () => {};
  const leaving = new Promise<null>((resolve) => {
    left = () => resolve(null);
  });
  const interrupt = (): void => {
    interrupts += 1;
    if (leave) {
      left();
      return;
    }
    view.note(
      interrupts === 1
        ? 'Stopping after the current model; press Ctrl-C again to stop at once.'
        : 'Stopping at once.',
    );
    session.stop(interrupts > 1).catch((error: unknown) => view.note(String(error)));
  };
  process.on('SIGINT', interrupt);
  try {
    return await Promise.race([following.finished, leaving]);
  } finally {
    process.off('SIGINT', interrupt);
  }
}
