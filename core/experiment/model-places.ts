/** Where in the file a model or a domain is named, and so where a problem with it stands. */
import type { Problem } from '../problem.ts';
import type { Path, Range } from './diagnostic.ts';
import type { Positions } from './positions.ts';

/** The text of an experiment by paths into it; null where it has nothing there. */
export interface Places {
  keyRange(path: Path): Range | null;
  valueRange(path: Path): Range | null;
  scalarAt(path: Path): string | null;
}

export function placesOf(positions: Positions): Places {
  return {
    keyRange: (path) => positions.keyAt(path),
    valueRange: (path) => positions.at(path),
    scalarAt: (path) => positions.scalarAt(path),
  };
}

/** What a problem that was found with models and data is about, as the text names it; null where it names nothing of it. */
export function placeOfProblem(
  places: Places,
  { model, domain, code }: Pick<Problem, 'code'> & { readonly model?: string; readonly domain?: string },
): Range | null {
  // Of the machine, whatever the text says.
  if (code.startsWith('host_')) return null;
  const ofModel = model === undefined ? null : modelRange(places, model);
  const ofDomain = domain === undefined ? null : domainRange(places, domain);
  const own =
    (code.startsWith('evaluation_') ? (ofDomain ?? ofModel) : (ofModel ?? ofDomain)) ??
    (code === 'no_pool_within_limit' ? places.keyRange(['pool']) : null) ??
    (/template/.test(code) ? places.keyRange(['evaluation', 'chat_template']) : null) ??
    (/^(memory|disk)_/.test(code) ? places.keyRange(['sweep']) : null);
  return own ?? places.keyRange(['experts']) ?? places.keyRange(['models']);
}

/** Of `<size>/base`, `<size>/expert/<name>` or `reference/<name>`, or a model of an ensemble; null where the text names it no more. */
export function modelRange(places: Places, id: string): Range | null {
  if (places.keyRange(['models'])) return memberRange(places, id);
  const [, size, role, name] = /^([^/]*)\/(base|expert)(?:\/(.*))?$/s.exec(id) ?? [];
  if (role === 'base' && size !== undefined) return baseRange(places, size);
  if (role === 'expert' && size !== undefined && name !== undefined) return expertRange(places, size, name);
  const reference = /^reference\/(.*)$/s.exec(id)?.[1];
  return reference === undefined ? null : referenceRange(places, reference);
}

export function baseRange(places: Places, size: string): Range | null {
  return (
    places.valueRange(['sizes', size, 'base']) ?? (hasSizes(places) ? null : places.valueRange(['base']))
  );
}

export function expertRange(places: Places, size: string, name: string): Range | null {
  const paths: readonly Path[] = hasSizes(places)
    ? [
        ['sizes', size, 'experts', name],
        ['sizes', size, 'experts'],
      ]
    : [['experts', name]];
  return firstRange(places, paths);
}

/** Of a model of an ensemble: its source, whether it stands alone or among other facts. */
export function memberRange(places: Places, name: string): Range | null {
  return firstRange(places, [
    ['models', name, 'model'],
    ['models', name],
  ]);
}

function referenceRange(places: Places, name: string): Range | null {
  const index = indexIn(
    places,
    (i) => ['references', i],
    (i) => places.scalarAt(['references', i, 'name']) === name,
  );
  return index === -1
    ? null
    : firstRange(places, [
        ['references', index, 'model'],
        ['references', index],
      ]);
}

/** Its file, its name in the list of domains, or the pattern. */
export function domainRange(places: Places, name: string): Range | null {
  const own = places.valueRange(['evaluation', 'data', name]);
  if (own) return own;
  const at = (i: number) => ['evaluation', 'domains', i];
  const index = indexIn(places, at, (i) => places.scalarAt(at(i)) === name);
  return places.valueRange(index === -1 ? ['evaluation', 'data'] : at(index));
}

/** Of the first item of a list that is meant; −1 where none is. */
function indexIn(places: Places, at: (i: number) => Path, isMeant: (i: number) => boolean): number {
  for (let i = 0; places.valueRange(at(i)); i++) if (isMeant(i)) return i;
  return -1;
}

function hasSizes(places: Places): boolean {
  return places.keyRange(['sizes']) !== null;
}

function firstRange(places: Places, paths: readonly Path[]): Range | null {
  for (const path of paths) {
    const range = places.valueRange(path);
    if (range) return range;
  }
  return null;
}
