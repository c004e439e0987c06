import { nameList, plain } from '../../words/plain.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import type { EditorDiagnostic } from './editor-diagnostic.ts';
import type { ModelThere } from './models-there.ts';
import { type FileRoots, type NamedFile, namedFiles } from './named-files.ts';

interface Looked extends FileRoots {
  readonly exists: ReadonlyMap<string, boolean>;
  readonly there?: (model: ModelThere) => boolean | null;
}

/**
 * Models, data and tasks that are not where the experiment says. One diagnostic for each place, however many files a pattern
 * there stands for; what was not looked at yet says nothing. Models of a host are looked for on it alone.
 */
export function missingFiles(
  edited: EditedExperiment,
  { exists, there, ...roots }: Looked,
): EditorDiagnostic[] {
  const { target } = edited;
  const isMissing = ({ kind, path, written }: NamedFile): boolean =>
    target !== 'local' && kind === 'model'
      ? there?.({ host: target, written }) === false
      : exists.get(path) === false;
  const places = new Map<string, NamedFile[]>();
  for (const file of namedFiles(edited, roots)) {
    if (!isMissing(file)) continue;
    const { line, column } = file.range.start;
    const place = `${line}:${column}`;
    places.set(place, [...(places.get(place) ?? []), file]);
  }
  // Results can be read without their models; then that they are away is no error.
  const { report, ensemble } = edited.state ?? {};
  const known = Boolean(report ?? ensemble);
  return [...places.values()].map((files): EditorDiagnostic => {
    const { kind, path, range } = files[0] as NamedFile;
    const isThere = kind === 'model' && target !== 'local';
    const message = isThere
      ? `${missingThere(files, target)}\n${exists.get(path) ? COPY : FIX_THERE}`
      : `${missingText(files)}\n${FIX}`;
    // A run needs no task.
    const severity = known || kind === 'task' ? 'warning' : 'error';
    return { severity, code: `${kind}_missing`, message, range };
  });
}

const FIX = 'Correct the path; a relative one begins at the folder of this file.';

const FIX_THERE = 'Correct the path; on a host a relative one begins at its folder of models.';
const COPY = 'It lies on this machine: plan the experiment to see how large it is, and to copy it there.';

function missingThere(files: readonly NamedFile[], host: string): string {
  const { written } = files[0] as NamedFile;
  if (files.length === 1) return `${plain(host)} has no model ${plain(written, 300)}.`;
  return `${plain(host)} has no models for ${nameList(files.map(({ name }) => name))}; the first would be ${plain(written, 300)}.`;
}

function missingText(files: readonly NamedFile[]): string {
  const { kind, path } = files[0] as NamedFile;
  const what = kind === 'model' || kind === 'task' ? 'folder' : 'file';
  if (files.length === 1) return `There is no ${what} ${plain(path, 300)}.`;
  return `There are no ${what}s for ${nameList(files.map(({ name }) => name))}; the first would be ${plain(path, 300)}.`;
}
