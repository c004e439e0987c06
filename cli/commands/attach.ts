import { EnsembleSession } from '../../runner/ensemble/ensemble-session.ts';
import { precisionSentence } from '../../words/precision.ts';
import type { Context, ExitCode } from '../command.ts';
import { nothingRuns } from '../nothing-runs.ts';
import { say } from '../terminal/io.ts';
import { withSession } from '../with-session.ts';
import { attachEnsemble } from './ensemble.ts';
import { type RunOptions, watch } from './run.ts';

const ALIVE = new Set(['starting', 'queued', 'loading', 'running', 'stopping']);

/** `attach FILE`: follows a run that is going on. */
export async function attach(context: Context, file: string, options: RunOptions): Promise<ExitCode> {
  if (EnsembleSession.isOf(file)) return attachEnsemble(context, file, options);
  return withSession(context, file, options, async (session) => {
    const { precision, missing } = await session.plan();
    const running = (await session.status()).some((status) => ALIVE.has(status.state));
    if (!running && precision?.stop === 'precise') {
      say(context.io, precisionSentence(precision));
      return 0;
    }
    if (!running) throw nothingRuns(context.io.env, { file, on: options.on, missing });
    return watch(context, session, { ...options, file, leave: true });
  });
}
