/** Where in the file a model or a domain is named. */
import type { Path, Range } from '../../core/experiment/diagnostic.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { entryAt, scalarText } from './outline.ts';

/** Of `<size>/base`, `<size>/expert/<name>` or `reference/<name>`, or a model of an ensemble; null where the text names it no more. */
export function modelRange(edited: EditedExperiment, id: string): Range | null {
  if (edited.ensemble) return memberRange(edited, id);
  const [, size, role, name] = /^([^/]*)\/(base|expert)(?:\/(.*))?$/s.exec(id) ?? [];
  if (role === 'base' && size !== undefined) return baseRange(edited, size);
  if (role === 'expert' && size !== undefined && name !== undefined) return expertRange(edited, size, name);
  const reference = /^reference\/(.*)$/s.exec(id)?.[1];
  return reference === undefined ? null : referenceRange(edited, reference);
}

export function baseRange(edited: EditedExperiment, size: string): Range | null {
  return (
    edited.valueRange(['sizes', size, 'base']) ?? (hasSizes(edited) ? null : edited.valueRange(['base']))
  );
}

export function expertRange(edited: EditedExperiment, size: string, name: string): Range | null {
  const paths: readonly Path[] = hasSizes(edited)
    ? [
        ['sizes', size, 'experts', name],
        ['sizes', size, 'experts'],
      ]
    : [['experts', name]];
  return firstRange(edited, paths);
}

/** Of a model of an ensemble: its source, whether it stands alone or among other facts. */
export function memberRange(edited: EditedExperiment, name: string): Range | null {
  return firstRange(edited, [
    ['models', name, 'model'],
    ['models', name],
  ]);
}

function referenceRange(edited: EditedExperiment, name: string): Range | null {
  const items = entryAt(edited.outline, ['references'])?.children ?? [];
  const index = items.findIndex(
    ({ path }) => scalarText(edited.text, entryAt(edited.outline, [...path, 'name'])) === name,
  );
  return index === -1
    ? null
    : firstRange(edited, [
        ['references', index, 'model'],
        ['references', index],
      ]);
}

/** Its file, its name in the list of domains, or the pattern. */
export function domainRange(edited: EditedExperiment, name: string): Range | null {
  const own = edited.valueRange(['evaluation', 'data', name]);
  if (own) return own;
  const items = entryAt(edited.outline, ['evaluation', 'domains'])?.children ?? [];
  const index = items.findIndex((item) => scalarText(edited.text, item) === name);
  return index === -1
    ? edited.valueRange(['evaluation', 'data'])
    : edited.valueRange(['evaluation', 'domains', index]);
}

function hasSizes(edited: EditedExperiment): boolean {
  return edited.keyRange(['sizes']) !== null;
}

function firstRange(edited: EditedExperiment, paths: readonly Path[]): Range | null {
  for (const path of paths) {
    const range = edited.valueRange(path);
    if (range) return range;
  }
  return null;
}
