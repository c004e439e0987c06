import type { CommonOptions, Context, ExitCode } from '../command.ts';
import { ofARun } from '../nothing-runs.ts';
import { print, printJson } from '../terminal/io.ts';
import { withEither } from '../with-session.ts';

/** `stop FILE`: ends its run after the current merge or model, or at once with `--now`. */
export async function stop(
  context: Context,
  file: string,
  options: CommonOptions & { readonly now: boolean },
): Promise<ExitCode> {
  return withEither(context, file, options, async (session) => {
    const { missing } = await session.plan();
    await ofARun(context.io.env, { file, on: options.on, missing }, () => session.stop(options.now));
    if (options.json) printJson(context.io, { stopped: true, now: options.now });
    else {
      const what = session.kind === 'ensemble' ? 'model' : 'merge';
      print(context.io, options.now ? 'Asked to stop at once.' : `Asked to stop after the current ${what}.`);
    }
    return 0;
  });
}
