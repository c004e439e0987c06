import path from 'node:path';
import { exportArchive } from '../../runner/archive.ts';
import { counted } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import { bytes } from '../../words/units.ts';
import type { CommonOptions, Context, ExitCode } from '../command.ts';
import { print, printJson } from '../terminal/io.ts';
import { withEither } from '../with-session.ts';

/** `export FILE [ARCHIVE]`: an experiment with its results, to share. */
export async function exportExperiment(
  context: Context,
  file: string,
  archive: string | undefined,
  options: CommonOptions,
): Promise<ExitCode> {
  return withEither(context, file, options, async (session) => {
    const { plan } = await session.plan();
    const to = archive ?? path.basename(session.file).replace(/\.mergelab\.ya?ml$/, '.mergelab.zip');
    const exported = exportArchive(session.file, session.store, plan, path.resolve(to));
    if (options.json) printJson(context.io, exported);
    else {
      print(
        context.io,
        `Written: ${plain(to, 1000)} (${bytes(exported.bytes)}, ${counted(exported.results, 'result line')}).`,
      );
      print(
        context.io,
        'It holds the experiment, its tasks, its results and its evaluation data as tokens; of the models only the paths they have here.',
      );
      for (const task of exported.left_out)
        print(
          context.io,
          `Left out: ${plain(task, 200)}, which is no readable folder below the experiment's.`,
        );
    }
    return 0;
  });
}
