import { ProblemError } from '../../core/problem.ts';
import { hasEnded } from '../../core/store/status.ts';
import type { EnsembleSession } from '../../runner/ensemble/ensemble-session.ts';
import type { ExperimentSession } from '../../runner/experiment-session.ts';
import { lastNews } from '../../runner/hosts/mirror-files.ts';
import { count } from '../../words/numbers.ts';
import { precisionSentence } from '../../words/precision.ts';
import { scoredText } from '../../words/run-progress.ts';
import type { CommonOptions, Context, ExitCode } from '../command.ts';
import { elsewhere, elsewhereText, orElsewhere } from '../elsewhere.ts';
import { invocation } from '../invocation.ts';
import { problemText } from '../problem-text.ts';
import { print, printJson } from '../terminal/io.ts';
import { lastSeenLine, statusLine } from '../terminal/progress.ts';
import { withEither } from '../with-session.ts';

/** `status FILE`: what is measured, and whether a run goes on. */
export async function status(context: Context, file: string, options: CommonOptions): Promise<ExitCode> {
  const { io } = context;
  return withEither(context, file, options, async (session) => {
    const { plan, problem, precision, workers, ...progress } = await orElsewhere(
      io,
      session,
      options.on,
      () => stateAndWorkers(session),
    );
    const isPrecise = precision?.stop === 'precise';
    const missing = isPrecise ? 0 : progress.total - progress.done - progress.failed;
    const newest = workers
      .filter((worker) => worker.run === workers[0]?.run)
      // Ended because nothing was left to find out.
      .map((worker) =>
        isPrecise && worker.state === 'stopped' ? { ...worker, state: 'done' as const } : worker,
      );
    // What failed on the way to a host's news leaves those that came before.
    const isApart = problem !== null && session.target !== 'local';
    const copies = await elsewhere(session, options.on, progress.done);
    const seen = isApart && newest[0] ? lastNews(session.store, newest[0].run) : null;
    if (options.json) {
      const known = isApart ? workers.map((worker) => ({ ...worker, seconds_left: null })) : workers;
      printJson(io, {
        plan,
        store: session.store,
        reached: !isApart,
        last_seen: timeOf(seen),
        ...progress,
        missing,
        precision,
        workers: known,
        elsewhere: copies.map(({ seen, ...copy }) => ({ ...copy, last_seen: timeOf(seen) })),
        problem,
      });
      return isApart ? 1 : 0;
    }
    const run = invocation(io.env, 'run', file, options.on);
    if (isApart) print(io, lastSeenLine({ status: newest, progress }, seen, Date.now()));
    else if (newest.length > 0) print(io, statusLine({ status: newest, progress }, precision !== null));
    else print(io, `${scoredText({ ...progress, at_start: 0 })}; ${waiting(progress.done, missing, run)}.`);
    for (const copy of copies) print(io, elsewhereText(copy, Date.now()));
    if (precision) print(io, precisionSentence(precision));
    for (const { problem: ended } of newest) if (ended) print(io, problemText(ended, io.style));
    if (problem) print(io, problemText(problem, io.style));
    if (missing > 0 && newest[0]?.state === 'failed' && !isApart) print(io, `Go on with: ${run}`);
    return isApart ? 1 : 0;
  });
}

function timeOf(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}

/** A run that ended between the two looks has written results that the first did not see: then it looks again. */
async function stateAndWorkers(session: ExperimentSession | EnsembleSession) {
  const state = await stateOf(session);
  const workers = await session.status();
  const isOver = workers.length > 0 && workers.every((worker) => hasEnded(worker.state));
  const isWhole = state.done + state.failed === state.total;
  return { ...(isOver && !isWhole ? await stateOf(session) : state), workers };
}

/** Of a plan that no run is of: an edit has changed it, or its results have called for more. */
function waiting(done: number, missing: number, run: string): string {
  if (done === 0) return 'nothing has run here yet';
  return missing === 0 ? 'nothing is missing' : `${count(missing)} more are planned: ${run}`;
}

/** Where the models are not at hand, the state of the newest plan in the store that fits the experiment. */
async function stateOf(session: ExperimentSession | EnsembleSession) {
  try {
    const { plan, done, failed, precision } = await session.plan();
    const { id, total, pools } = plan;
    return { plan: id, done, failed, total, ...(pools ? { pools } : {}), precision, problem: null };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { plan, progress, precision } = await olderState(session, error);
    const { done, failed, total, pools } = progress;
    return { plan, done, failed, total, ...(pools ? { pools } : {}), precision, problem: error.problem };
  }
}

async function olderState(session: ExperimentSession | EnsembleSession, error: ProblemError) {
  if (session.kind === 'merge') return session.report('points');
  const { plan, look } = await session.look();
  if (!plan || !look) throw error;
  return { plan: plan.id, progress: look.progress, precision: null };
}
