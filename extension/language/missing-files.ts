import { nameList, plain } from '../../words/plain.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import type { EditorDiagnostic } from './editor-diagnostic.ts';
import { type FileRoots, type NamedFile, namedFiles } from './named-files.ts';

/**
 * Models, data and tasks that are not where the experiment says. One diagnostic for each place, however many files a pattern
 * there stands for; what was not looked at yet says nothing. Models of a host are not looked for here.
 */
export function missingFiles(
  edited: EditedExperiment,
  { exists, ...roots }: FileRoots & { readonly exists: ReadonlyMap<string, boolean> },
): EditorDiagnostic[] {
  const isElsewhere = edited.target !== 'local';
  const places = new Map<string, NamedFile[]>();
  for (const file of namedFiles(edited, roots)) {
    if (exists.get(file.path) !== false || (isElsewhere && file.kind === 'model')) continue;
    const { line, column } = file.range.start;
    const place = `${line}:${column}`;
    places.set(place, [...(places.get(place) ?? []), file]);
  }
  // Results can be read without their models; then that they are away is no error.
  const { report, ensemble } = edited.state ?? {};
  const known = Boolean(report ?? ensemble);
  return [...places.values()].map((files): EditorDiagnostic => {
    const { kind, range } = files[0] as NamedFile;
    // A run needs no task.
    const severity = known || kind === 'task' ? 'warning' : 'error';
    return { severity, code: `${kind}_missing`, message: `${missingText(files)}\n${FIX}`, range };
  });
}

const FIX = 'Correct the path; a relative one begins at the folder of this file.';

function missingText(files: readonly NamedFile[]): string {
  const { kind, path } = files[0] as NamedFile;
  const what = kind === 'model' || kind === 'task' ? 'folder' : 'file';
  if (files.length === 1) return `There is no ${what} ${plain(path, 300)}.`;
  return `There are no ${what}s for ${nameList(files.map(({ name }) => name))}; the first would be ${plain(path, 300)}.`;
}
