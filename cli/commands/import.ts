import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { importArchive as unpack } from '../../runner/archive.ts';
import { openStoreFolder } from '../../runner/store-folder.ts';
import { counted } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import type { CommonOptions, Context, ExitCode } from '../command.ts';
import { invocation } from '../invocation.ts';
import { print, printJson } from '../terminal/io.ts';

/** `import ARCHIVE [FOLDER]`: its results join the store of the folder; nothing there is overwritten. */
export async function importArchive(
  context: Context,
  archive: string,
  folder: string | undefined,
  options: CommonOptions,
): Promise<ExitCode> {
  const into = path.resolve(folder ?? '.');
  const store = openStoreFolder(into);
  const imported = unpack(path.resolve(archive), into, store.path);
  if (options.json) printJson(context.io, imported);
  else {
    print(context.io, `${plain(imported.file, 1000)}: ${counted(imported.added, 'result file')} added.`);
    const report = invocation(context.io.env, 'report', path.relative(process.cwd(), imported.file));
    print(
      context.io,
      `See its report with: ${plain(report, 1000)}${isOfHost(imported.file) ? ' --on local' : ''}`,
    );
  }
  return 0;
}

/** Results of an archive are no copy of a host's store: they are kept beside what is measured here. */
function isOfHost(file: string): boolean {
  const { experiment, ensemble } = parseExperiment(readFileSync(file, 'utf8'));
  return ((experiment ?? ensemble)?.target ?? 'local') !== 'local';
}
