import type { EnsembleSession } from '../../runner/ensemble/ensemble-session.ts';
import type { Context } from '../command.ts';
import { noteReach, progressView } from '../terminal/progress.ts';
import { type Ended, type Left, untilInterrupted } from '../terminal/until-interrupted.ts';

export interface FollowOptions {
  /** Ctrl-C leaves the run alone instead of stopping it. */
  readonly leave: boolean;
}

/** How the run ended, or how Ctrl-C left it. */
export async function followEnsemble(
  context: Context,
  session: EnsembleSession,
  { leave }: FollowOptions,
): Promise<Ended | Left> {
  using view = progressView(context.io);
  using following = session.follow((update) => {
    noteReach(view, update);
    view.update(update);
  });
  const stop = (now: boolean): Promise<void> => session.stop(now);
  return await untilInterrupted(context, view, following, { unit: 'model', leave, stop });
}
