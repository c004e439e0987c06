/** Which kind of experiment a file is of, and the schema that it is held against. */
import { ensembleFileSchema } from './ensemble/schema.ts';
import { experimentFileSchema } from './schema.ts';
import { valueAt } from './value-at.ts';

export const KINDS: readonly string[] = ['merge', 'ensemble'];

export function isKind(kind: unknown): boolean {
  return typeof kind === 'string' && KINDS.includes(kind);
}

/** Whatever else may be wrong with it. */
export function isEnsemble(input: unknown): boolean {
  return valueAt(input, ['kind']) === 'ensemble';
}

export function fileSchema(input: unknown): typeof experimentFileSchema | typeof ensembleFileSchema {
  return isEnsemble(input) ? ensembleFileSchema : experimentFileSchema;
}
