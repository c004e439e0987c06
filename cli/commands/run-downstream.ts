import path from 'node:path';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { ProblemError } from '../../core/problem.ts';
import type { Report } from '../../core/report/report.ts';
import { noTasks } from '../../runner/downstream/downstream-request.ts';
import { HARNESS_BYTES, type HarnessPlace, harnessMissing } from '../../runner/downstream/harness.ts';
import {
  type RefusedTasks,
  refusedFolders,
  refusedTasks,
  taskDiagnostics,
} from '../../runner/downstream/refused-tasks.ts';
import type { ExperimentSession } from '../../runner/experiment-session.ts';
import { readQuestion } from '../../runner/planned-session.ts';
import { DiagnosticsError } from '../../runner/session-errors.ts';
import type { DownstreamProgress } from '../../runner/session-types.ts';
import { counted } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import { bytes, roughly } from '../../words/units.ts';
import type { Context, ExitCode } from '../command.ts';
import { diagnosticText } from '../diagnostic-text.ts';
import { agrees } from '../host-consent.ts';
import { type AskedRun, runAgain } from '../invocation.ts';
import { type Io, say } from '../terminal/io.ts';

/**
 * Before anything long begins: the experiment has tasks, and the evaluation harness is there or is installed after
 * asking, and can score them. Throws `no_tasks`, `harness_missing`; DiagnosticsError with the place of each task and
 * metric that cannot be used.
 */
export async function readyHarness(
  context: Context,
  session: ExperimentSession,
  yes: boolean,
): Promise<void> {
  const tasks = session.experiment.evaluation.downstream;
  if (tasks.length === 0) throw noTasks();
  const root = path.dirname(session.file);
  const refused = refusedFolders(root, tasks);
  // What a host has is known there alone.
  if (session.target !== 'local') refuse(session.file, refused);
  const place = await session.harness();
  if (place.version === null) {
    refuse(session.file, refused);
    await installed(context, session, place, yes);
  }
  if (place.host !== null) return;
  const asked = await refusedTasks(place.python, root, tasks, context.signal);
  refuse(session.file, new Map([...refused, ...asked]));
}

function refuse(file: string, refused: RefusedTasks): void {
  if (refused.size === 0) return;
  const text = readQuestion(file);
  throw new DiagnosticsError(file, text, taskDiagnostics(refused, parseExperiment(text).positions));
}

/** Says what scores cannot be used for, each at its place; whether there is any such. */
export function sayRefused(io: Io, file: string, { downstream }: Report): boolean {
  const problems = downstream?.tasks.map(({ problem }) => problem) ?? [];
  const refused = new Map(problems.flatMap((problem, i) => (problem ? [[i, problem] as const] : [])));
  if (refused.size === 0) return false;
  const text = readQuestion(file);
  for (const diagnostic of taskDiagnostics(refused, parseExperiment(text).positions))
    io.err.write(`${diagnosticText(diagnostic, file, text, io.errStyle)}\n`);
  return true;
}

async function installed(
  { io, signal }: Context,
  session: ExperimentSession,
  place: HarnessPlace,
  yes: boolean,
): Promise<void> {
  if (!place.own) throw harnessMissing(place);
  const { disk, download } = HARNESS_BYTES;
  say(
    io,
    `Downstream tasks need EleutherAI's lm-evaluation-harness beside the agent${place.host === null ? '' : ` on ${plain(place.host)}`}: about ${bytes(disk)}, ${bytes(download)} to download.`,
  );
  if (!(await agrees(io, yes))) throw harnessMissing(place);
  let said = '';
  await session.installHarness((words) => {
    if (words !== said) say(io, words);
    said = words;
  }, signal);
}

/** Scores what the report singles out on the experiment's tasks. Ctrl-C stops; what is scored stays. */
export async function scoreOnTasks(
  { io, interrupts }: Context,
  session: ExperimentSession,
  asked: AskedRun,
): Promise<ExitCode> {
  const tell = progressOf(io);
  using cancel = interrupts.once();
  try {
    const { state, failed } = await session.downstream({ signal: cancel.signal, onProgress: tell });
    if (state === 'nothing_to_do') say(io, 'Every model is scored on every task.');
    if (state === 'stopped') return stopped(io, asked);
    return failed > 0 ? 1 : 0;
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'cancelled') return stopped(io, asked);
    throw error;
  }
}

function stopped(io: Io, asked: AskedRun): ExitCode {
  const again = runAgain(io.env, { ...asked, downstream: true });
  say(io, `Stopped. What was scored is kept. Go on with: ${again}`);
  return 130;
}

/** A line for each score on a terminal would be too many: one for each tenth. */
function progressOf(io: Io): (progress: DownstreamProgress) => void {
  let said = '';
  return ({ done, total, seconds_left, waiting_for }) => {
    const mark = `${waiting_for ?? ''} ${Math.floor((10 * done) / Math.max(1, total))}`;
    if (mark === said) return;
    said = mark;
    const left = seconds_left === null || done === total ? '' : ` · ${roughly(seconds_left)} left`;
    const wait = waiting_for === null ? '' : ` · waiting for ${plain(waiting_for, 200)}`;
    say(io, `${done} of ${counted(total, 'downstream score')}${left}${wait}`);
  };
}
