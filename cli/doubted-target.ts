import { parseExperiment } from '../core/experiment/parse.ts';
import { doubtedTarget } from '../core/hosts/doubted-target.ts';
import type { TargetName } from '../core/hosts/target-name.ts';
import { targetNames } from '../runner/hosts/target-names.ts';
import { diagnosticText } from './diagnostic-text.ts';
import { readNamed } from './failed.ts';
import type { Io } from './terminal/io.ts';
import type { Style } from './terminal/style.ts';

/** Before a host is asked about or reached for that was probably not meant: says which one was. */
export async function sayDoubted(
  io: Io,
  { file, target }: { readonly file: string; readonly target: string },
  on: string | undefined,
): Promise<void> {
  if (target === 'local') return;
  const text = doubtedText({ file, text: readNamed(file), target, on }, await targetNames(), io.errStyle);
  if (text !== null) io.err.write(`${text}\n`);
}

interface Named {
  readonly file: string;
  readonly text: string;
  readonly target: string;
  /** What was named in place of what the file says. */
  readonly on: string | undefined;
}

/** Where the file or the command names it; null where nothing near is known. */
export function doubtedText(
  { file, text, target, on }: Named,
  targets: readonly TargetName[],
  style: Style,
): string | null {
  const doubted = doubtedTarget(target, targets);
  if (doubted?.meant === undefined) return null;
  const range = on === undefined ? parseExperiment(text).positions.at(['target']) : null;
  const { message, fix } = doubted;
  if (range === null) return `--on: ${message} ${fix}`;
  const diagnostic = { severity: 'warning', code: 'target_unknown', message, fix, range, path: [] } as const;
  return diagnosticText(diagnostic, file, text, style);
}
