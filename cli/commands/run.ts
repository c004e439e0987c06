import type { Report } from '../../core/report/report.ts';
import type { WorkerStatus } from '../../core/store/format.ts';
import type { ExperimentSession } from '../../runner/experiment-session.ts';
import type { CommonOptions, Context, ExitCode } from '../command.ts';
import { problemText } from '../problem-text.ts';
import { reportText } from '../report/report-text.ts';
import { print, printJson, say } from '../terminal/io.ts';
import { progressView } from '../terminal/progress.ts';
import { withSession } from '../with-session.ts';
import { planText } from './plan.ts';

export interface RunOptions extends CommonOptions {
  readonly detach: boolean;
  readonly full: boolean;
  readonly device?: string;
}

/** `run FILE`: plan, run with live numbers, then report. Ctrl-C stops after the current merge; a second one at once. */
export async function run(context: Context, file: string, options: RunOptions): Promise<ExitCode> {
  const { io } = context;
  return withSession({ ...context, signal: new AbortController().signal }, file, options, async (session) => {
    const summary = await session.plan();
    io.err.write(`${planText(session, summary, io.errStyle)}\n\n`);
    const outcome = await session.run();
    for (const warning of outcome.warnings) say(io, warning.message);
    if (outcome.state === 'nothing_to_do') {
      await report(context, session, options);
      return summary.failed > 0 ? 1 : 0;
    }
    if (options.detach) {
      if (options.json) printJson(io, outcome);
      else print(io, `The run goes on by itself (${outcome.state}). See it with: merge-lab attach ${file}`);
      return 0;
    }
    if (outcome.state === 'attached') say(io, 'This plan is already running: following that run.');
    return watch(context, session, options);
  });
}

/** Follows the run to its end and prints the report of what is there then. */
export async function watch(
  context: Context,
  session: ExperimentSession,
  options: RunOptions,
): Promise<ExitCode> {
  const { io } = context;
  let interrupts = 0;
  const last = await (async (): Promise<WorkerStatus> => {
    using view = progressView(io);
    using following = session.follow((update) => view.update(update));
    const interrupt = (): void => {
      interrupts += 1;
      view.note(
        interrupts === 1
          ? 'Stopping after the current merge; press Ctrl-C again to stop at once.'
          : 'Stopping at once.',
      );
      session.stop(interrupts > 1).catch((error: unknown) => view.note(String(error)));
    };
    process.on('SIGINT', interrupt);
    try {
      return await following.finished;
    } finally {
      process.off('SIGINT', interrupt);
    }
  })();
  await report(context, session, options);
  if (last.problem) io.err.write(`\n${problemText(last.problem, io.errStyle)}\n`);
  if (last.state === 'stopped') {
    say(io, `\nStopped. Nothing is lost: the same command goes on from here.`);
    return 130;
  }
  return last.state === 'failed' || last.failed > 0 ? 1 : 0;
}

async function report(context: Context, session: ExperimentSession, options: RunOptions): Promise<Report> {
  const { io } = context;
  const made = await session.report('complete');
  if (options.json) printJson(io, made);
  else print(io, reportText(made, { style: io.style, columns: io.columns, full: options.full, cell: null }));
  return made;
}
