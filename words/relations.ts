/** What models of an ensemble are of each other, in words. */
import type { ModelScore } from '../core/ensemble/types.ts';
import { counted } from './numbers.ts';
import { nameList, plain } from './plain.ts';

/** `another run of a`, `a in fewer bits`; empty where a model is no copy. */
export function copyText({ null_of, null_kind }: Pick<ModelScore, 'null_of' | 'null_kind'>): string {
  if (null_of === null) return '';
  const original = plain(null_of, 30);
  return null_kind === 'quantisation' ? `${original} in fewer bits` : `another run of ${original}`;
}

/** `3 reseeds and 1 merge set aside`: what is in no pool; empty where all models are. */
export function setAsideText(models: readonly Pick<ModelScore, 'null_kind' | 'merge_of'>[]): string {
  const kinds = [
    ['reseed', models.filter(({ null_kind }) => null_kind === 'reseed').length],
    ['quantisation', models.filter(({ null_kind }) => null_kind === 'quantisation').length],
    ['merge', models.filter(({ merge_of }) => merge_of !== null).length],
  ] as const;
  const some = kinds.flatMap(([noun, count]) => (count > 0 ? [counted(count, noun)] : []));
  return some.length === 0 ? '' : `${nameList(some, 3)} set aside`;
}
