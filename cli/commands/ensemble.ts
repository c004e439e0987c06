import { ProblemError } from '../../core/problem.ts';
import type { WorkerStatus } from '../../core/store/format.ts';
import { EnsembleSession, type EnsembleSummary } from '../../runner/ensemble/ensemble-session.ts';
import type { Context, ExitCode } from '../command.ts';
import { diagnosticText } from '../diagnostic-text.ts';
import { invocation } from '../invocation.ts';
import { problemText } from '../problem-text.ts';
import { ensembleText } from '../report/ensemble/ensemble-text.ts';
import { summaryText } from '../report/ensemble/summary-text.ts';
import { print, printJson, say } from '../terminal/io.ts';
import { progressView } from '../terminal/progress.ts';

export interface EnsembleOptions {
  readonly json: boolean;
  readonly full: boolean;
  readonly detach: boolean;
  readonly device?: string;
}

/** Options of merging, and of places where ensembles are not scored; each with what to say of it. */
const REFUSED = {
  on: 'ensembles are scored on this machine only',
  verify: 'nothing is foretold of an ensemble: its oracle is exact',
  html: 'the page of an ensemble comes later',
  method: 'an ensemble has no methods',
  size: 'an ensemble has no sizes',
  shapley: 'an ensemble has no Shapley values',
} as const;

type Refused = { readonly [Option in keyof typeof REFUSED]?: unknown };

/** `run FILE` of an ensemble: score every model once, then report. Ctrl-C stops after the current model. */
export async function runEnsemble(
  context: Context,
  file: string,
  options: EnsembleOptions & Refused,
): Promise<ExitCode> {
  refuse(options);
  // What Ctrl-C means here is decided while a run is followed.
  const own = { ...context, signal: new AbortController().signal };
  return withEnsemble(own, file, options, async (session) => {
    const { io } = context;
    const summary = await session.plan();
    io.err.write(`${summaryText(session.ensemble, summary, io.errStyle)}\n\n`);
    const { run, state, warnings } = await session.run();
    for (const warning of warnings) say(io, warning.message);
    if (state !== 'nothing_to_do' && options.detach) {
      if (options.json) printJson(io, { run, state, warnings });
      else print(io, `The run goes on by itself (${state}). See it with: ${invocation(io.env, 'run', file)}`);
      return 0;
    }
    const last = state === 'nothing_to_do' ? null : await followed(context, session, run, summary);
    await showReport(context, session, options);
    if (last?.problem) io.err.write(`\n${problemText(last.problem, io.errStyle)}\n`);
    if (last?.state === 'stopped') {
      say(io, `\nStopped. Nothing is lost. Go on with: ${invocation(io.env, 'run', file)}`);
      return 130;
    }
    return last?.state === 'failed' || (last?.failed ?? summary.failed) > 0 ? 1 : 0;
  });
}

/** `report FILE` of an ensemble: of what is scored; scores nothing. */
export async function reportEnsemble(
  context: Context,
  file: string,
  options: Pick<EnsembleOptions, 'json' | 'full'> & Refused,
): Promise<ExitCode> {
  refuse(options);
  return withEnsemble(context, file, {}, async (session) => {
    await showReport(context, session, options);
    return 0;
  });
}

/** Throws `option_invalid`. */
function refuse(options: Refused): void {
  for (const [option, why] of Object.entries(REFUSED)) {
    const given = options[option as keyof typeof REFUSED];
    if (given === undefined || given === false) continue;
    throw new ProblemError({
      code: 'option_invalid',
      message: `\`--${option}\` has no meaning here: ${why}.`,
      fix: 'Leave it out.',
    });
  }
}

async function withEnsemble(
  { io, signal }: Context,
  file: string,
  { device }: { readonly device?: string | undefined },
  use: (session: EnsembleSession) => Promise<ExitCode>,
): Promise<ExitCode> {
  const session = EnsembleSession.open(file, { signal, ...(device === undefined ? {} : { device }) });
  try {
    for (const diagnostic of session.diagnostics)
      io.err.write(`${diagnosticText(diagnostic, session.file, null, io.errStyle)}\n`);
    for (const warning of session.warnings) say(io, warning.message);
    return await use(session);
  } finally {
    await session.dispose();
  }
}

/** The last status of the run. */
async function followed(
  { io }: Context,
  session: EnsembleSession,
  run: string,
  { plan, done, failed }: EnsembleSummary,
): Promise<WorkerStatus> {
  using view = progressView(io);
  const total = plan.lines.length;
  using following = session.follow(run, (status) => {
    const newest = (field: 'done' | 'failed', known: number): number =>
      Math.max(known, ...status.map((worker) => worker[field]));
    const progress = { done: newest('done', done), failed: newest('failed', failed), total };
    view.update({ status, progress });
  });
  if (io.err.isTTY) view.note('Ctrl-C stops after the current model.');
  let interrupts = 0;
  const interrupt = (): void => {
    interrupts += 1;
    view.note(
      interrupts === 1
        ? 'Stopping after the current model; press Ctrl-C again to stop at once.'
        : 'Stopping at once.',
    );
    session.stop(interrupts > 1);
  };
  process.on('SIGINT', interrupt);
  try {
    return await following.finished;
  } finally {
    process.off('SIGINT', interrupt);
  }
}

async function showReport(
  { io }: Context,
  session: EnsembleSession,
  { json, full }: Pick<EnsembleOptions, 'json' | 'full'>,
): Promise<void> {
  const { report, leftOut } = await session.report('complete');
  if (json) printJson(io, { ...report, left_out: leftOut });
  else print(io, ensembleText(report, leftOut, { style: io.style, columns: io.columns, full }));
}
