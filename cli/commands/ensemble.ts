import type { Workers } from '../../core/hosts/host.ts';
import { problemOf } from '../../core/problem.ts';
import type { EnsembleDocument } from '../../core/report/ensemble-document.ts';
import type { EnsembleSession } from '../../runner/ensemble/ensemble-session.ts';
import { allSentences, NOTHING_TO_AVERAGE, names } from '../../words/ensemble.ts';
import { plain } from '../../words/plain.ts';
import type { CommonOptions, Context, ExitCode } from '../command.ts';
import { orElsewhere } from '../elsewhere.ts';
import { type AskedRun, invocation, runAgain } from '../invocation.ts';
import { planned } from '../models-there.ts';
import { ofARun } from '../nothing-runs.ts';
import { problemText } from '../problem-text.ts';
import { ensembleText } from '../report/ensemble/ensemble-text.ts';
import { summaryText } from '../report/ensemble/summary-text.ts';
import { breadth, print, printJson, say } from '../terminal/io.ts';
import { sayingWhereCut, sayLeft, stoppedText } from '../terminal/until-interrupted.ts';
import { withEnsemble } from '../with-session.ts';
import { pageWritten } from './as-page.ts';
import { type FollowOptions, followEnsemble } from './follow-ensemble.ts';
import { type Refused, refuse } from './refused-of-ensembles.ts';

export interface EnsembleOptions extends CommonOptions {
  readonly full: boolean;
  readonly detach: boolean;
  readonly device?: string;
  readonly workers?: Workers;
}

/**
 * `run FILE` of an ensemble: score every model once, average logits of the best pools where that is cheap (with `verify`
 * always, without never), then report. Ctrl-C stops after the current model.
 */
export async function runEnsemble(
  context: Context,
  file: string,
  options: EnsembleOptions & Refused & { readonly verify?: boolean },
): Promise<ExitCode> {
  refuse(options);
  return withEnsemble(context, file, options, async (session) => {
    const asked = { ...options, file };
    // Nobody waits for the end of a run that is left to itself.
    const more = options.verify ?? !options.detach;
    const code = await score(context, session, { ...asked, more });
    if (!more || code === 130) return code;
    return options.verify
      ? averageLogits(context, session, asked, code)
      : averageUnasked(context, session, asked, code);
  });
}

type ScoreOptions = EnsembleOptions &
  Omit<AskedRun, 'downstream'> & {
    /** Another run follows this one where it ends well: its report would be one too many. */
    readonly more?: boolean;
  };

/** Runs what the plan lacks. */
async function score(context: Context, session: EnsembleSession, options: ScoreOptions): Promise<ExitCode> {
  const { io } = context;
  const summary = await planned(context, session, options);
  io.err.write(`${summaryText(session, summary, { style: io.errStyle, columns: breadth(io.err, io) })}\n\n`);
  const { run, state, warnings } = await sayingWhereCut(context, options, () => session.run());
  for (const warning of warnings) say(io, warning.message);
  if (state === 'nothing_to_do') {
    if (!options.more) await showReport(context, session, options);
    return summary.failed > 0 ? 1 : 0;
  }
  if (options.detach) {
    const attach = invocation(io.env, 'attach', options.file, options.on);
    if (options.json) printJson(io, { run, state, warnings });
    else print(io, `The run goes on by itself (${state}). See it with: ${attach}`);
    return 0;
  }
  return watch(context, session, { leave: false, ...options });
}

type AverageOptions = ScoreOptions & { readonly verify?: boolean };

/** Without being asked: what fails is said, and is no failure of the run before it, whose report comes all the same. */
async function averageUnasked(
  context: Context,
  session: EnsembleSession,
  options: AverageOptions,
  code: ExitCode,
): Promise<ExitCode> {
  try {
    return (await averageLogits(context, session, options, code)) === 130 ? 130 : code;
  } catch (error) {
    if (context.signal.aborted) throw error;
    say(context.io, `Logits are not averaged: ${plain(problemOf(error).message, 300)}`);
    await showReport(context, session, options);
    return code;
  }
}

async function averageLogits(
  context: Context,
  session: EnsembleSession,
  options: AverageOptions,
  code: ExitCode,
): Promise<ExitCode> {
  const { io } = context;
  if ((await session.plan()).missing > 0) return code;
  const pools = await session.verify({ unasked: !options.verify });
  if (pools.length > 0) {
    say(io, `\nThen the averaged logits of: ${pools.map(({ members }) => names(members)).join('; ')}.`);
    return score(context, session, options);
  }
  if (options.verify) say(io, `Nothing to verify: ${NOTHING_TO_AVERAGE}`);
  await showReport(context, session, options);
  return code;
}

/** `attach FILE` of an ensemble: follows the run that goes on. */
export async function attachEnsemble(
  context: Context,
  file: string,
  options: Pick<EnsembleOptions, 'json' | 'full' | 'on'>,
): Promise<ExitCode> {
  return withEnsemble(context, file, options, async (session) => {
    const { missing } = await session.plan();
    return ofARun(context.io.env, { file, on: options.on, missing }, () =>
      watch(context, session, { file, leave: true, ...options }),
    );
  });
}

/** `report FILE` of an ensemble: of what is scored; scores nothing. */
export async function reportEnsemble(
  context: Context,
  file: string,
  options: Pick<EnsembleOptions, 'json' | 'full' | 'on'> & Refused & { readonly html?: string | true },
): Promise<ExitCode> {
  refuse(options);
  return withEnsemble(context, file, options, async (session) => {
    await orElsewhere(context.io, session, options.on, async () => {
      if (options.html === undefined) await showReport(context, session, options);
      else await pageWritten(context, await session.report(), session.file, options);
    });
    return 0;
  });
}

type WatchOptions = FollowOptions &
  Omit<AskedRun, 'downstream'> &
  Pick<ScoreOptions, 'json' | 'full' | 'more'>;

/** Follows a run to its end, or until Ctrl-C, and prints the report of what is there then. */
async function watch(context: Context, session: EnsembleSession, options: WatchOptions): Promise<ExitCode> {
  const { io } = context;
  const ended = await followEnsemble(context, session, options);
  if (typeof ended === 'string') {
    sayLeft(io, ended, options.file, options.on);
    return 130;
  }
  const { last } = ended;
  if (!options.more || last.state !== 'done') await showReport(context, session, options);
  if (last.problem) io.err.write(`\n${problemText(last.problem, io.errStyle)}\n`);
  if (last.state === 'stopped') {
    say(io, `\n${stoppedText(ended, runAgain(io.env, options))}`);
    return 130;
  }
  return last.state === 'failed' || last.failed > 0 ? 1 : 0;
}

async function showReport(
  { io }: Context,
  session: EnsembleSession,
  { json, full }: Pick<EnsembleOptions, 'json' | 'full' | 'on'>,
): Promise<void> {
  const report: EnsembleDocument = await session.report();
  if (json) printJson(io, { ...report, sentence: allSentences(report).join(' ') });
  else print(io, ensembleText(report, { style: io.style, columns: io.columns, full }));
}
