import { rmdirSync } from 'node:fs';
import { EnsembleSession } from '../runner/ensemble/ensemble-session.ts';
import { ExperimentSession, type OpenOptions } from '../runner/experiment-session.ts';
import type { CommonOptions, Context, ExitCode } from './command.ts';
import { diagnosticText } from './diagnostic-text.ts';
import { sayDoubted } from './doubted-target.ts';
import { agreeToHost, hostNews } from './host-consent.ts';
import { say } from './terminal/io.ts';

type Options = OpenOptions & Partial<CommonOptions>;
type Session = ExperimentSession | EnsembleSession;

/** Opens the experiment, says what its text warns of, and closes it again whatever happens. */
export async function withSession(
  context: Context,
  file: string,
  options: Options,
  use: (session: ExperimentSession) => Promise<ExitCode>,
): Promise<ExitCode> {
  return during(context, await ExperimentSession.open(file, openOptions(context, options)), options, use);
}

/** The same of a file of either kind. */
export async function withEither(
  context: Context,
  file: string,
  options: Options,
  use: (session: Session) => Promise<ExitCode>,
): Promise<ExitCode> {
  return EnsembleSession.isOf(file)
    ? withEnsemble(context, file, options, use)
    : withSession(context, file, options, use);
}

export async function withEnsemble(
  context: Context,
  file: string,
  options: Options,
  use: (session: EnsembleSession) => Promise<ExitCode>,
): Promise<ExitCode> {
  return during(context, EnsembleSession.open(file, openOptions(context, options)), options, use);
}

function openOptions({ io, signal }: Context, options: Options): OpenOptions {
  return {
    signal,
    agreeToHost: agreeToHost(io, options.yes),
    onHostNews: hostNews(io),
    ...options,
  };
}

async function during<S extends Session>(
  { io }: Context,
  session: S,
  { on }: Options,
  use: (session: S) => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    for (const diagnostic of session.diagnostics) {
      if (diagnostic.severity !== 'information') {
        io.err.write(`${diagnosticText(diagnostic, session.file, null, io.errStyle)}\n`);
      }
    }
    for (const warning of session.warnings) say(io, warning.message);
    await sayDoubted(io, session, on);
    return await use(session);
  } finally {
    await session.dispose();
    removeIfEmpty(session.store);
  }
}

/** What ended before anything was kept leaves no store. */
function removeIfEmpty(store: string): void {
  try {
    rmdirSync(store);
  } catch {
    // Something is kept in it.
  }
}
