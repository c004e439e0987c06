import * as z from 'zod';
import { experimentFileSchema } from './schema.ts';

/** JSON Schema (draft 7, which editors understand best) of the experiment file: completion, hovers and checks. */
export function experimentJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(experimentFileSchema, { io: 'input', target: 'draft-7' });
  return { $schema, title: 'Model Merge Lab experiment', ...schema };
}
