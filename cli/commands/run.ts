import type { Workers } from '../../core/hosts/host.ts';
import type { Report } from '../../core/report/report.ts';
import { reportDocument } from '../../core/report/report-document.ts';
import { hasEnded, stateOfRun } from '../../core/store/status.ts';
import { EnsembleSession } from '../../runner/ensemble/ensemble-session.ts';
import type { ExperimentSession, Update } from '../../runner/experiment-session.ts';
import { followUpsText } from '../../words/follow-ups.ts';
import { plainLines } from '../../words/plain.ts';
import { precisionSentence } from '../../words/precision.ts';
import type { CommonOptions, Context, ExitCode } from '../command.ts';
import { type AskedRun, invocation, runAgain } from '../invocation.ts';
import { planned } from '../models-there.ts';
import { problemText } from '../problem-text.ts';
import { reportText } from '../report/report-text.ts';
import { breadth, type Io, print, printJson, say } from '../terminal/io.ts';
import { noteReach, progressView } from '../terminal/progress.ts';
import {
  type Ended,
  type Left,
  sayingWhereCut,
  sayLeft,
  stoppedText,
  untilInterrupted,
} from '../terminal/until-interrupted.ts';
import { withSession } from '../with-session.ts';
import { runEnsemble } from './ensemble.ts';
import { planText } from './plan.ts';
import { readyHarness, sayRefused, scoreOnTasks } from './run-downstream.ts';

export interface RunOptions extends CommonOptions {
  readonly detach: boolean;
  readonly full: boolean;
  readonly device?: string;
  readonly workers?: Workers;
}

export interface RunCommandOptions extends RunOptions {
  /** Afterwards merge what is foretold to beat what is measured. */
  readonly verify?: boolean;
  /** Then score what the report singles out on tasks. */
  readonly downstream: boolean;
}

/** `run FILE`: plan, run with live numbers, then report. Ctrl-C stops after the current merge; a second one at once. */
export async function run(context: Context, file: string, options: RunCommandOptions): Promise<ExitCode> {
  if (EnsembleSession.isOf(file)) return runEnsemble(context, file, options);
  return withSession(context, file, options, async (session) => {
    const asked = { ...options, file, leave: false };
    const { downstream } = options;
    if (downstream) await readyHarness(context, session, options.yes === true);
    let code = await measure(context, session, { ...asked, more: options.verify === true || downstream });
    const isOver = async () => code !== 130 && (await session.plan()).missing === 0;
    if (options.verify && (await isOver()))
      code = await verify(context, session, { ...asked, more: downstream }, code);
    return downstream && (await isOver()) ? onTasks(context, session, asked, code) : code;
  });
}

/** Scores on tasks, then reports, also where a task could not be used: the other ones were scored. */
async function onTasks(
  context: Context,
  session: ExperimentSession,
  options: WatchOptions,
  code: ExitCode,
): Promise<ExitCode> {
  let isRefused = false;
  let own: ExitCode;
  try {
    own = await scoreOnTasks(context, session, options);
  } finally {
    isRefused = sayRefused(context.io, session.file, await report(context, session, options));
  }
  if (own !== 0) return own;
  return isRefused ? 1 : code;
}

/** Runs what the plan lacks. */
async function measure(
  context: Context,
  session: ExperimentSession,
  options: WatchOptions,
): Promise<ExitCode> {
  const { io } = context;
  const summary = await planned(context, session, options);
  io.err.write(`${planText(session, summary, { style: io.errStyle, columns: breadth(io.err, io) })}\n\n`);
  const outcome = await sayingWhereCut(context, options, () => session.run());
  for (const warning of outcome.warnings) say(io, warning.message);
  if (outcome.state === 'nothing_to_do') {
    if (!options.more) await report(context, session, options);
    return summary.failed > 0 ? 1 : 0;
  }
  if (options.detach) {
    const attach = invocation(io.env, 'attach', options.file, options.on);
    if (options.json) printJson(io, outcome);
    else print(io, `The run goes on by itself (${outcome.state}). See it with: ${attach}`);
    return 0;
  }
  if (outcome.state === 'attached') say(io, 'This plan is already running: following that run.');
  return watch(context, session, options);
}

/** Predicted, then measured, then recommended: one round of follow-ups, then the report. */
async function verify(
  context: Context,
  session: ExperimentSession,
  options: WatchOptions,
  code: ExitCode,
): Promise<ExitCode> {
  const { requests, reason } = await session.verify();
  if (reason === null) {
    say(context.io, `To verify, for they are foretold to beat what is measured: ${followUpsText(requests)}.`);
    return measure(context, session, options);
  }
  say(context.io, `Nothing to verify: ${plainLines(reason)}`);
  if (!options.more) await report(context, session, options);
  return code;
}

export interface WatchOptions extends RunOptions, AskedRun {
  readonly full: boolean;
  /** Ctrl-C leaves the run alone instead of stopping it. */
  readonly leave: boolean;
  /** Another run follows this one where it ends well: its report would be one too many. */
  readonly more?: boolean;
}

/** Follows the run to its end, or until Ctrl-C, and prints the report of what is there then. */
export async function watch(
  context: Context,
  session: ExperimentSession,
  options: WatchOptions,
): Promise<ExitCode> {
  const { io } = context;
  const again = runAgain(io.env, options);
  const ended = await followed(context, session, options.leave);
  if (typeof ended === 'string') {
    sayLeft(io, ended, options.file, options.on);
    return 130;
  }
  const { last } = ended;
  const made = await session.report('complete');
  const { precision } = made;
  if (!options.more || !(last.state === 'done' || precision?.stop === 'precise')) show(io, made, options);
  if (last.problem) io.err.write(`\n${problemText(last.problem, io.errStyle)}\n`);
  if (last.state === 'stopped' && precision?.stop === 'precise') {
    say(io, `\n${precisionSentence(precision)}`);
    return last.failed > 0 ? 1 : 0;
  }
  if (last.state === 'stopped') {
    say(io, `\n${stoppedText(ended, again)}`);
    return 130;
  }
  if (last.state === 'failed') say(io, `Nothing that was scored is lost. Go on with: ${again}`);
  return last.state === 'failed' || last.failed > 0 ? 1 : 0;
}

/** How the run ended, or how Ctrl-C left it. */
async function followed(context: Context, session: ExperimentSession, leave: boolean): Promise<Ended | Left> {
  const { io } = context;
  using view = progressView(io, session.experiment.sweep.subsets.kind === 'precision');
  const losses = lostWorkers();
  let isPrecise = false;
  using following = session.follow((update) => {
    if (!isPrecise && update.report?.precision?.stop === 'precise') {
      isPrecise = true;
      view.note('Every mean is known as well as was asked for: the run ends after the current merge.');
    }
    noteReach(view, update);
    for (const text of losses(update)) view.note(text);
    view.update(update);
  });
  const stop = (now: boolean): Promise<void> => session.stop(now);
  return await untilInterrupted(context, view, following, { unit: 'merge', leave, stop });
}

/** Says once of each worker that it failed while others go on: its merges are theirs now. */
function lostWorkers(): (update: Update) => readonly string[] {
  const told = new Set<string>();
  return ({ status }) =>
    status.flatMap(({ worker, state, problem }) => {
      if (state !== 'failed' || told.has(worker) || hasEnded(stateOfRun(status))) return [];
      told.add(worker);
      return [`A worker is lost, the others go on: ${problem?.message ?? 'it failed.'}`];
    });
}

async function report({ io }: Context, session: ExperimentSession, options: RunOptions): Promise<Report> {
  const made = await session.report('complete');
  show(io, made, options);
  return made;
}

function show(io: Io, report: Report, { json, full }: RunOptions): void {
  if (json) printJson(io, reportDocument(report));
  else print(io, reportText(report, { style: io.style, columns: io.columns, full, cell: null }));
}
