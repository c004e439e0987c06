import type { CommonOptions, Context, ExitCode } from '../command.ts';
import { print, printJson } from '../terminal/io.ts';
import { withSession } from '../with-session.ts';

/** `stop FILE`: ends its run after the current merge, or at once with `--now`. */
export async function stop(
  context: Context,
  file: string,
  options: CommonOptions & { readonly now: boolean },
): Promise<ExitCode> {
  return withSession(context, file, options, async (session) => {
    await session.plan();
    await session.stop(options.now);
    if (options.json) printJson(context.io, { stopped: true, now: options.now });
    else print(context.io, options.now ? 'Asked to stop at once.' : 'Asked to stop after the current merge.');
    return 0;
  });
}
