import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { experimentJsonSchema } from '../../core/experiment/json-schema.ts';

test('the committed JSON Schema is the one of the schema (else: node scripts/write-schemas.ts)', () => {
  const file = new URL('../../core/experiment/experiment.schema.json', import.meta.url);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(experimentJsonSchema())));
});

test('every key of the first level, and of the maps below, has words for its hover', () => {
  const { properties } = experimentJsonSchema() as {
    properties: Record<
      string,
      { description?: string; properties?: Record<string, { description?: string }> }
    >;
  };
  for (const [key, schema] of Object.entries(properties)) {
    expect(schema.description, key).toMatch(/\w+/);
  }
  for (const key of ['evaluation', 'sweep', 'goals']) {
    for (const [inner, schema] of Object.entries(properties[key]?.properties ?? {})) {
      expect(schema.description, `${key}.${inner}`).toMatch(/\w+/);
    }
  }
});
