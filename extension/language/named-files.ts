/** Files and folders that an experiment names, and where it does. */
import path from 'node:path';
import type { Range } from '../../core/experiment/diagnostic.ts';
import type { Ensemble } from '../../core/experiment/ensemble/ensemble.ts';
import type { Experiment } from '../../core/experiment/experiment.ts';
import { isLocalFolder } from '../../core/experiment/local-folder.ts';
import {
  baseRange,
  domainRange,
  expertRange,
  memberRange,
  modelRange,
} from '../../core/experiment/model-places.ts';
import type { EditedExperiment } from './edited-experiment.ts';

export interface NamedFile {
  readonly kind: 'model' | 'data' | 'template' | 'task';
  /** Of the expert or domain; empty for a base. */
  readonly name: string;
  /** Of a pattern, filled in. */
  readonly written: string;
  /** Absolute. */
  readonly path: string;
  readonly range: Range;
}

export interface FileRoots {
  /** Absolute folder of the experiment. */
  readonly folder: string;
  /** What `~` means. */
  readonly home: string;
}

/** Models and tasks in folders, data files and the chat template; names on the hub are not files. */
export function namedFiles(edited: EditedExperiment, roots: FileRoots): readonly NamedFile[] {
  const { ensemble } = edited;
  const named = ensemble ? null : edited.named;
  if (!named && !ensemble) return [];
  const found = ensemble
    ? [...members(edited, ensemble), ...data(edited, ensemble)]
    : named
      ? [...models(edited, named), ...data(edited, named), ...tasks(edited, named)]
      : [];
  return found.flatMap((each): NamedFile[] => {
    const { range, written } = each;
    // While the file is being typed the last valid text may name what stands there no more.
    if (!range || !isStillThere(edited, range, each)) return [];
    return [{ ...each, range, path: resolvePath(written, roots) }];
  });
}

type Unresolved = Omit<NamedFile, 'path' | 'range'> & { readonly range: Range | null };

function models(edited: EditedExperiment, experiment: Experiment): Unresolved[] {
  const model = (name: string, written: string, range: Range | null): Unresolved[] =>
    isLocalFolder(written) ? [{ kind: 'model', name, written, range }] : [];
  const ofSizes = experiment.sizes.flatMap((size) => [
    ...model('', size.base, baseRange(edited, size.name)),
    ...[...size.experts].flatMap(([name, source]) =>
      model(name, source, expertRange(edited, size.name, name)),
    ),
  ]);
  const references = experiment.references.flatMap((reference) =>
    'model' in reference
      ? model(reference.name, reference.model, modelRange(edited, `reference/${reference.name}`))
      : [],
  );
  return [...ofSizes, ...references];
}

/** Models of an ensemble. */
function members(edited: EditedExperiment, { models: declared }: Ensemble): Unresolved[] {
  return [...declared].flatMap(([name, { source }]): Unresolved[] =>
    isLocalFolder(source) ? [{ kind: 'model', name, written: source, range: memberRange(edited, name) }] : [],
  );
}

function data(edited: EditedExperiment, { evaluation }: Experiment | Ensemble): Unresolved[] {
  const files = [...evaluation.domains].map(
    ([name, written]): Unresolved => ({ kind: 'data', name, written, range: domainRange(edited, name) }),
  );
  const { chat_template: template } = evaluation;
  if (template === 'auto' || template === 'none') return files;
  const range = edited.valueRange(['evaluation', 'chat_template']);
  return [...files, { kind: 'template', name: '', written: template, range }];
}

function tasks(edited: EditedExperiment, { evaluation }: Experiment): Unresolved[] {
  return evaluation.downstream.flatMap(({ task }, i): Unresolved[] => {
    const at = ['evaluation', 'downstream', i];
    const range = edited.valueRange([...at, 'task']) ?? edited.valueRange(at);
    return isLocalFolder(task) ? [{ kind: 'task', name: '', written: task, range }] : [];
  });
}

function isStillThere(edited: EditedExperiment, range: Range, { written, name }: Unresolved): boolean {
  if (edited.parsed.experiment ?? edited.parsed.ensemble) return true;
  const text = edited.lines.slice(range);
  return text.includes(written) || text === name || /\{(expert|domain)\}/.test(text);
}

/** As the agent resolves it: relative to the experiment's folder. */
export function resolvePath(written: string, { folder, home }: FileRoots): string {
  const expanded = /^~(?=$|[/\\])/.test(written) ? path.join(home, written.slice(1)) : written;
  return path.resolve(folder, expanded);
}
