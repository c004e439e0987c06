import type { WorkerStatus } from '../../core/store/format.ts';
import type { EnsembleSession } from '../../runner/ensemble/ensemble-session.ts';
import type { Io } from '../terminal/io.ts';
import { progressView } from '../terminal/progress.ts';
import { untilInterrupted } from '../terminal/until-interrupted.ts';

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
  const stop = (now: boolean): Promise<void> => session.stop(now);
  return await untilInterrupted(io, view, following, { unit: 'model', leave, stop });
}
