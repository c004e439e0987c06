/** What the parts of an ensemble come to when something is left out. */
import type { EnsembleModel } from './ensemble.ts';
import type { EnsembleFile } from './schema.ts';

export function modelOf(written: EnsembleFile['models'][string]): EnsembleModel {
  if (typeof written === 'string') return { source: written, family: null, null_of: null, merge_of: null };
  const { model, family = null, null_of = null, merge_of = null } = written;
  return { source: model, family, null_of, merge_of };
}

export function domainsOf({ data, domains }: EnsembleFile['evaluation']): readonly string[] {
  return domains ?? (typeof data === 'string' ? [] : Object.keys(data));
}
