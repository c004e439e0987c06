/** Everything to underline: what the text says wrongly, what models and data do not fit, what the numbers leave open. */
import type { TargetName } from '../../core/hosts/target-name.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { distinct, type EditorDiagnostic, messageOf } from './editor-diagnostic.ts';
import { missingFiles } from './missing-files.ts';
import type { ModelThere } from './models-there.ts';
import { preparedDiagnostics } from './prepared-diagnostics.ts';
import { statisticalDiagnostics } from './statistical-diagnostics.ts';
import { targetDiagnostics } from './target-diagnostics.ts';

export type { EditorDiagnostic } from './editor-diagnostic.ts';

export interface DiagnosticOptions {
  /** Absolute path to whether something is there, as far as that is known yet. */
  readonly exists: ReadonlyMap<string, boolean>;
  readonly folder: string;
  readonly home: string;
  /** Whether a host has a model that the text names so, null where that is not known; left out: of none. */
  readonly there?: (model: ModelThere) => boolean | null;
  readonly statistical: boolean;
  /** What may be a target besides `local`; left out while that is not known. */
  readonly targets?: readonly TargetName[];
}

export function diagnostics(edited: EditedExperiment, options: DiagnosticOptions): EditorDiagnostic[] {
  const found = preparedDiagnostics(edited);
  const missing = missingFiles(edited, options).filter(
    ({ range }) => !found.some((other) => other.severity === 'error' && samePlace(other.range, range)),
  );
  return distinct([
    ...textDiagnostics(edited),
    ...targetDiagnostics(edited, options.targets),
    ...found,
    ...missing,
    ...(options.statistical ? statisticalDiagnostics(edited) : []),
  ]);
}

/** What parsing finds: known at once, at every key stroke. */
export function textDiagnostics({ parsed, lines }: EditedExperiment): EditorDiagnostic[] {
  return parsed.diagnostics.map(({ severity, code, message, fix, range, suggestion }) => ({
    severity,
    code,
    message: messageOf({ message, fix }, suggestion),
    // The YAML parser tells of what is missing behind the last character.
    range: lines.visible(range),
    ...(suggestion === undefined ? {} : { suggestion }),
  }));
}

function samePlace(a: EditorDiagnostic['range'], b: EditorDiagnostic['range']): boolean {
  return a.start.line === b.start.line && a.start.column === b.start.column;
}
