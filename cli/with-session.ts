import { ExperimentSession, type OpenOptions } from '../runner/experiment-session.ts';
import type { CommonOptions, Context, ExitCode } from './command.ts';
import { diagnosticText } from './diagnostic-text.ts';
import { agreeToHost, hostNews } from './host-consent.ts';
import { say } from './terminal/io.ts';

/** Opens the experiment, says what its text warns of, and closes it again whatever happens. */
export async function withSession(
  context: Context,
  file: string,
  options: OpenOptions & Partial<CommonOptions>,
  use: (session: ExperimentSession) => Promise<ExitCode>,
): Promise<ExitCode> {
  const session = await ExperimentSession.open(file, {
    signal: context.signal,
    agreeToHost: agreeToHost(context.io, options.yes === true),
    onHostNews: hostNews(context.io),
    ...options,
  });
  try {
    for (const diagnostic of session.diagnostics) {
      if (diagnostic.severity !== 'information') {
        context.io.err.write(`${diagnosticText(diagnostic, session.file, null, context.io.errStyle)}\n`);
      }
    }
    for (const warning of session.warnings) say(context.io, warning.message);
    return await use(session);
  } finally {
    await session.dispose();
  }
}
