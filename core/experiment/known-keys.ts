/** Which keys the schema knows at a place of the file, for "did you mean". */
import * as z from 'zod';
import type { Path } from './diagnostic.ts';
import { fileSchema } from './file-kind.ts';
import { valueAt } from './value-at.ts';

/** Keys of the map at a path; empty where any name is allowed or none is. `input` decides between alternatives. */
export function knownKeys(path: Path, input: unknown): readonly string[] {
  return [...keysOf(schemasAt(fileSchema(input), path, input), valueAt(input, path))];
}

function schemasAt(schema: z.core.$ZodType, path: Path, input: unknown): readonly z.core.$ZodType[] {
  let found = alternatives(schema);
  for (const step of path) found = found.flatMap((each) => alternatives(child(each, step)));
  return found.filter((each) => matches(each, valueAt(input, path)));
}

function child(schema: z.core.$ZodType, step: string | number): z.core.$ZodType | null {
  if (schema instanceof z.ZodObject) return (schema.shape as Record<string, z.core.$ZodType>)[step] ?? null;
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return null;
}

/** Without wrappers for defaults, and with unions taken apart. */
function alternatives(schema: z.core.$ZodType | null): readonly z.core.$ZodType[] {
  if (schema === null) return [];
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => alternatives(option));
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return alternatives(schema.def.innerType);
  }
  return [schema];
}

/** Whether an alternative is meant: by the one literal that the value has in common with it. */
function matches(schema: z.core.$ZodType, value: unknown): boolean {
  if (!(schema instanceof z.ZodObject)) return false;
  const shape = schema.shape as Record<string, z.core.$ZodType>;
  const tag = shape['method'];
  if (!(tag instanceof z.ZodLiteral)) return true;
  return tag.values.has(valueAt(value, ['method']) as string);
}

function keysOf(schemas: readonly z.core.$ZodType[], value: unknown): Set<string> {
  const keys = new Set<string>();
  for (const schema of schemas) {
    if (!(schema instanceof z.ZodObject)) continue;
    for (const key of Object.keys(schema.shape)) if (valueAt(value, [key]) === undefined) keys.add(key);
  }
  return keys;
}
