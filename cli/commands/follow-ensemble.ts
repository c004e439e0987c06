import type { WorkerStatus } from '../../core/store/format.ts';
import type { EnsembleSession } from '../../runner/ensemble/ensemble-session.ts';
import type { Io } from '../terminal/io.ts';
import { noteReach, progressView } from '../terminal/progress.ts';
import { untilInterrupted } from '../terminal/until-interrupted.ts';

export interface FollowOptions {
  /** Ctrl-C leaves the run alone instead of stopping it. */
  readonly leave: boolean;
}

/** The last status of the run; null when Ctrl-C left it. */
export async function followEnsemble(
  io: Io,
  session: EnsembleSession,
  { leave }: FollowOptions,
): Promise<WorkerStatus | null> {
  using view = progressView(io);
  using following = session.follow((update) => {
    noteReach(view, update);
    view.update(update);
  });
  const stop = (now: boolean): Promise<void> => session.stop(now);
  return await untilInterrupted(io, view, following, { unit: 'model', leave, stop });
}
