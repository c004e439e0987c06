/** From a checked file to an ensemble with every default filled in. */
import { byteCount, parameterCount } from '../quantities.ts';
import { dataFile } from '../source.ts';
import type { Ensemble } from './ensemble.ts';
import { domainsOf, modelOf } from './parts.ts';
import type { EnsembleFile } from './schema.ts';

export function resolveEnsemble(file: EnsembleFile, fallbackName: string): Ensemble {
  const { data, domains: _, ...evaluation } = file.evaluation;
  const { k = null, parameters, memory } = file.pool;
  return {
    version: 1,
    kind: 'ensemble',
    name: file.name ?? fallbackName,
    models: new Map(Object.entries(file.models).map(([name, written]) => [name, modelOf(written)])),
    evaluation: {
      ...evaluation,
      domains: new Map(domainsOf(file.evaluation).map((domain) => [domain, dataFile(data, domain)])),
    },
    pool: {
      k,
      parameters: parameters === undefined ? null : parameterCount(parameters),
      memory_bytes: memory === undefined ? null : byteCount(memory),
    },
    target: file.target,
  };
}
