import { problemOf } from '../../core/problem.ts';
import type { ExperimentSession, MergeOptions } from '../../runner/experiment-session.ts';
import type { MergeWritten } from '../../runner/session-types.ts';
import { loss } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import type { CommonOptions, Context, ExitCode } from '../command.ts';
import { print, printJson, say } from '../terminal/io.ts';
import { tellWriting } from '../terminal/writing.ts';
import { parseWeights } from '../weights-option.ts';
import { withSession } from '../with-session.ts';

export interface MergeCommandOptions extends CommonOptions {
  readonly subset?: string;
  readonly weights?: string;
  readonly out?: string;
  readonly method?: string;
  readonly scale?: string;
  readonly size?: string;
}

/** `merge FILE`: writes a merged model: what the options or `merge:` say, else the recommended subset. */
export async function merge(context: Context, file: string, options: MergeCommandOptions): Promise<ExitCode> {
  return withSession(context, file, options, async (session) => {
    const subset = options.subset?.split(',').map((name) => name.trim());
    const what: MergeOptions = {
      ...(subset ? { subset } : {}),
      ...(options.weights === undefined ? {} : { weights: parseWeights(options.weights) }),
      ...(options.out === undefined ? {} : { out: options.out }),
      ...(options.method === undefined ? {} : { method: options.method }),
      ...(options.scale === undefined ? {} : { scale: Number(options.scale) }),
      ...(options.size === undefined ? {} : { size: options.size }),
    };
    const onBegin = options.json ? undefined : () => say(context.io, 'Merging …');
    const written = await merged(context, session, {
      ...what,
      ...(onBegin ? { onBegin } : {}),
      onProgress: tellWriting(context.io),
    });
    if (written === null) return 130;
    if (options.json) printJson(context.io, written);
    else {
      const { subset, method, loss: measured, out, already_there: already } = written;
      const names = subset.map((name) => plain(name)).join(', ');
      const scored = measured === null ? 'not scored' : `measured loss ${loss(measured)}`;
      print(context.io, `${names}${method === null ? ', weighted' : ` by ${plain(method)}`}: ${scored}.`);
      print(context.io, `${already ? 'It is there already' : 'Written'}: ${plain(out, 1000)}`);
    }
    return 0;
  });
}

/** Null where it was stopped, which is said. */
async function merged(
  { io, signal }: Context,
  session: ExperimentSession,
  options: MergeOptions,
): Promise<MergeWritten | null> {
  try {
    return await session.merge(options);
  } catch (error) {
    if (!signal.aborted) throw error;
    const { code, message, fix } = problemOf(error);
    say(io, code === 'cancelled' ? `${message} ${fix}` : 'It was stopped before its end.');
    return null;
  }
}
