import * as z from 'zod';
import { ensembleFileSchema } from './ensemble/schema.ts';
import { experimentFileSchema } from './schema.ts';

type JsonSchema = Record<string, unknown>;

/** JSON Schema (draft 7, which editors understand best) of files that merge: completion, hovers and checks. */
export function experimentJsonSchema(): JsonSchema {
  return { title: 'Model Merge Lab experiment', ...written(experimentFileSchema) };
}

/** Of files of `kind: ensemble`. */
export function ensembleJsonSchema(): JsonSchema {
  return { title: 'Model Merge Lab ensemble', ...written(ensembleFileSchema) };
}

/** Of a file of either kind. */
export function fileJsonSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    if: { properties: { kind: { const: 'ensemble' } }, required: ['kind'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: ensembleJsonSchema(),
    else: experimentJsonSchema(),
  };
}

function written(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
  return rest;
}
