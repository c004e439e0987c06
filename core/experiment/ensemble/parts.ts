/** What the parts of an ensemble come to when something is left out. */
import type { EnsembleModel } from './ensemble.ts';
import type { EnsembleFile } from './schema.ts';

export function modelOf(written: EnsembleFile['models'][string]): EnsembleModel {
  const asked = typeof written === 'string' ? { model: written } : written;
  const { model, family = null, null_of = null, null_kind = null, merge_of = null } = asked;
  return {
    source: model,
    family,
    null_of,
    null_kind: null_of === null ? null : (null_kind ?? 'reseed'),
    merge_of,
  };
}

export function domainsOf({ data, domains }: EnsembleFile['evaluation']): readonly string[] {
  return domains ?? (typeof data === 'string' ? [] : Object.keys(data));
}
